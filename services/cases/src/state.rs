use catalog::{AuditAction, AuditEvent, Catalog, SlideRow};
use flow::{Mpp, ObjectKey, PixelSize, SlideId, SlideManifest};
use http::{Access, ApiError};
use moka::future::Cache;
use queue::Queue;
use serde_json::Value;
use store::Store;

use crate::changes::Changes;

/// Slides whose size and mpp are remembered; manifests never change.
const MAX_REMEMBERED: u64 = 10_000;

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
    scales: Cache<SlideId, Scale>,
}

/// How large a tiled slide is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    pub(crate) mpp: Mpp,
    pub(crate) size: PixelSize,
}

impl CasesState {
    /// To be called inside the async runtime: it follows the catalog for those who listen.
    pub fn new(deps: CasesDeps) -> Self {
        Self {
            changes: Changes::follow(deps.catalog.clone()),
            deps,
            scales: Cache::new(MAX_REMEMBERED),
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
        let event = AuditEvent {
            actor: access.name().to_owned(),
            action,
            slide: Some(slide),
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
        };
        self.scales.insert(id, scale).await;
        Some(scale)
    }
}
