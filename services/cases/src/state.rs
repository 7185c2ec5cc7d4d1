use std::sync::Arc;

use catalog::{AuditAction, AuditEvent, Catalog, SlideRow};
use flow::{
    CaseId, Deidentification, Mpp, ObjectKey, PixelSize, Prediction, SlideId, SlideManifest,
};
use http::{Access, ApiError, FirstRead, FirstReadRule};
use moka::future::Cache;
use queue::Queue;
use report::Fonts;
use serde_json::{Value, json};
use store::Store;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::changes::Changes;
use crate::sightings::Sightings;

/// Slides whose size and mpp are remembered; manifests never change.
const MAX_REMEMBERED: u64 = 10_000;
/// Reports that are made at a time: each holds its pictures, and takes a processor.
const MOST_REPORTS: usize = 2;

/// What this service reads from, and where it announces a slide that may go on.
#[derive(Clone)]
pub struct CasesDeps {
    pub store: Store,
    pub catalog: Catalog,
    pub queue: Queue,
}

/// What the routes share.
#[derive(Clone)]
pub struct CasesState {
    pub(crate) deps: CasesDeps,
    pub(crate) changes: Changes,
    pub(crate) first_read: FirstRead,
    pub(crate) report_fonts: Fonts,
    pub(crate) sightings: Sightings,
    report_places: Arc<Semaphore>,
    scales: Cache<SlideId, Scale>,
}

/// A slide's results, for whoever asks.
#[derive(Clone, Debug)]
pub(crate) enum Results {
    /// By task, the latest of each task first.
    Shown(Vec<Prediction>),
    /// Not before their own impression of the slide is on record.
    Withheld,
}

impl Results {
    pub(crate) fn shown(&self) -> &[Prediction] {
        match self {
            Self::Shown(predictions) => predictions,
            Self::Withheld => &[],
        }
    }

    pub(crate) const fn is_withheld(&self) -> bool {
        matches!(self, Self::Withheld)
    }
}

/// How large a tiled slide is, and what was removed of it.
#[derive(Clone, Debug)]
pub(crate) struct Scale {
    pub(crate) mpp: Mpp,
    pub(crate) size: PixelSize,
    pub(crate) deidentification: Option<Deidentification>,
}

impl CasesState {
    /// To be called inside the async runtime: it follows the catalog for those who listen.
    pub fn new(deps: CasesDeps) -> Self {
        Self {
            changes: Changes::follow(deps.catalog.clone()),
            sightings: Sightings::new(deps.catalog.clone()),
            first_read: FirstRead::new(FirstReadRule::default(), deps.catalog.clone()),
            deps,
            report_fonts: Fonts::default(),
            report_places: Arc::new(Semaphore::new(MOST_REPORTS)),
            scales: Cache::new(MAX_REMEMBERED),
        }
    }

    /// Of an installation with this rule.
    pub fn reading_first(self, rule: FirstReadRule) -> Self {
        let first_read = FirstRead::new(rule, self.deps.catalog.clone());
        Self { first_read, ..self }
    }

    /// Printing with fonts of the laboratory's own besides.
    pub fn printing_with(self, report_fonts: Fonts) -> Self {
        Self {
            report_fonts,
            ..self
        }
    }

    /// Waits until a report may be made; it may as long as the permit is held.
    pub(crate) async fn place_for_report(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed, so this only ever waits.
        self.report_places.acquire().await.ok()
    }

    /// What whoever asks may see of a slide's results.
    pub(crate) async fn results(
        &self,
        access: &Access,
        slide: SlideId,
    ) -> Result<Results, ApiError> {
        match self.first_read.hides(access, slide).await? {
            true => Ok(Results::Withheld),
            false => Ok(Results::Shown(self.deps.catalog.predictions(slide).await?)),
        }
    }

    pub(crate) async fn slide(&self, id: SlideId) -> Result<SlideRow, ApiError> {
        Ok(self.deps.catalog.known_slide(id).await?)
    }

    /// Puts on record what a person did to a slide.
    pub(crate) async fn note(
        &self,
        access: &Access,
        slide: SlideId,
        action: AuditAction,
        detail: Value,
    ) -> Result<(), ApiError> {
        self.record(access, action, Some(slide), detail).await
    }

    /// Puts on record what a person did to a case.
    pub(crate) async fn note_case(
        &self,
        access: &Access,
        case: CaseId,
        action: AuditAction,
    ) -> Result<(), ApiError> {
        self.record(access, action, None, json!({ "case": case }))
            .await
    }

    pub(crate) async fn record(
        &self,
        access: &Access,
        action: AuditAction,
        slide: Option<SlideId>,
        detail: Value,
    ) -> Result<(), ApiError> {
        let event = AuditEvent {
            actor: access.name().to_owned(),
            action,
            slide,
            detail,
        };
        Ok(self.deps.catalog.audit(event).await?)
    }

    /// `None` until the slide is tiled.
    pub(crate) async fn scale(&self, id: SlideId) -> Option<Scale> {
        if let Some(scale) = self.scales.get(&id).await {
            return Some(scale);
        }
        let manifest = self
            .deps
            .store
            .get(&ObjectKey::SlideManifest(id))
            .await
            .ok()?;
        let manifest: SlideManifest = serde_json::from_slice(&manifest).ok()?;
        let scale = Scale {
            mpp: manifest.mpp,
            size: manifest.size,
            deidentification: manifest.deidentification,
        };
        self.scales.insert(id, scale.clone()).await;
        Some(scale)
    }
}
