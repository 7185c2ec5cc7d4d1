//! Cuts a received file into the pyramid.

mod associated;
mod build;
mod identity;
mod manifest;
mod overview;
mod uids;
mod witnesses;

use std::time::Instant;

use anyhow::{Context, Result};
use catalog::{AuditAction, AuditEvent, SlideRow};
use flow::{
    HoldReason, MppSource, ObjectKey, SlideId, SlideStatus, SlideTiled, Stage, StageTiming,
};
use pyramid::PyramidError;
use serde_json::json;
use slide::SlideError;
use step::{IdentityRule, ProgressSink};
use telemetry::ErrorKind;
use thiserror::Error;

use crate::{IngestDeps, TilingConfig};
use build::Built;

pub(crate) use uids::was_made_here;

#[derive(Debug)]
pub enum TileOutcome {
    /// Pyramid and manifest are in storage and announced.
    Tiled,
    /// The slide waits for a person.
    Held(HoldReason),
    /// The file is no slide that can be read; it is in quarantine.
    Refused(Refusal),
}

/// What is wrong with a file.
#[derive(Debug, Error)]
pub enum Refusal {
    #[error(transparent)]
    Slide(SlideError),
    #[error(transparent)]
    Pyramid(PyramidError),
}

/// Tiles a slide of the catalog: levels, associated images, index, what label and scanner say of which
/// slide it is, then the manifest, then the status, then the announcement.
///
/// A slide with a manifest is announced again and not redone, but for a label that came since. One whose label, scanner and case name
/// different slides is held and not announced.
///
/// # Errors
/// What may pass: a full disk, a decoder that cannot be started. What is wrong with the file itself
/// is an outcome.
pub async fn tile_slide(
    deps: &IngestDeps,
    config: TilingConfig,
    slide: SlideId,
    progress: ProgressSink,
) -> Result<TileOutcome> {
    if !deps.store.exists(&ObjectKey::SlideManifest(slide)).await? {
        let began = Instant::now();
        let row = deps.catalog.slide(slide).await?;
        let row = row.with_context(|| format!("slide {slide} is not in the catalog"))?;
        match build_and_store(deps, config, row, progress).await? {
            Ok(()) => {}
            Err(Obstacle::Held(reason)) => return hold(deps, slide, reason).await,
            Err(Obstacle::Refused(refusal)) => return refuse(deps, slide, refusal).await,
        }
        let wall_s = began.elapsed().as_secs_f64();
        let stage = Stage::Tile;
        step::record_timing(&deps.catalog, slide, StageTiming::of_wall(stage, wall_s)).await?;
    } else if let Some(identity) = &config.identity {
        identity::read_late_label(deps, identity, slide).await?;
    }
    if let Some(reason) = step::identity_hold(&deps.catalog, slide).await? {
        return hold(deps, slide, reason).await;
    }
    step::advance(
        &deps.catalog,
        slide,
        &SlideStatus::Received,
        &SlideStatus::Tiled,
    )
    .await?;
    let urgency = deps.catalog.urgency(slide).await?;
    deps.queue
        .publish_as(urgency, &SlideTiled { slide })
        .await?;
    Ok(TileOutcome::Tiled)
}

/// Why a slide is not tiled, though nothing failed.
enum Obstacle {
    Held(HoldReason),
    Refused(Refusal),
}

async fn build_and_store(
    deps: &IngestDeps,
    config: TilingConfig,
    row: SlideRow,
    progress: ProgressSink,
) -> Result<Result<(), Obstacle>> {
    let scratch = deps.store.scratch()?;
    let rule = config.identity.as_ref().map(|identity| identity.rule);
    let built = match build::build(deps, config, &row, &scratch, progress).await? {
        Ok(built) => built,
        Err(obstacle) => return Ok(Err(obstacle)),
    };
    store(deps, &row, &built, rule.unwrap_or_default()).await?;
    Ok(Ok(()))
}

/// The manifest last: with it the slide is tiled.
async fn store(deps: &IngestDeps, row: &SlideRow, built: &Built, rule: IdentityRule) -> Result<()> {
    let slide = row.id;
    for level in &built.pyramid.levels {
        let key = ObjectKey::PyramidLevel(slide, level.level);
        deps.store.put_file(&key, &level.file).await?;
    }
    for picture in &built.associated {
        let key = ObjectKey::Associated(slide, picture.facts.name);
        deps.store.put(&key, picture.jpeg.clone()).await?;
    }
    let index = built.pyramid.index_bytes.clone();
    deps.store
        .put(&ObjectKey::PyramidIndex(slide), index.into())
        .await?;
    let tissue = overview::tissue(&deps.store, slide, built).await?;
    if let Some(found) = &built.found {
        identity::compare(deps, slide, found, rule).await?;
    }
    note_removed(deps, slide, built).await?;
    let manifest = manifest::manifest(row, built, tissue);
    let json = serde_json::to_vec(&manifest)?;
    deps.store
        .put(&ObjectKey::SlideManifest(slide), json.into())
        .await?;
    Ok(())
}

/// Puts on record that pictures were removed, where that was asked for.
async fn note_removed(deps: &IngestDeps, slide: SlideId, built: &Built) -> Result<()> {
    let Some(deidentification) = &built.deidentification else {
        return Ok(());
    };
    let event = AuditEvent {
        actor: "tiling".to_owned(),
        action: AuditAction::LabelRemoved,
        slide: Some(slide),
        detail: json!(deidentification),
    };
    Ok(deps.catalog.audit(event).await?)
}

async fn hold(deps: &IngestDeps, slide: SlideId, reason: HoldReason) -> Result<TileOutcome> {
    let held = SlideStatus::Held {
        reason: reason.clone(),
    };
    step::advance(&deps.catalog, slide, &SlideStatus::Received, &held).await?;
    Ok(TileOutcome::Held(reason))
}

async fn refuse(deps: &IngestDeps, slide: SlideId, refusal: Refusal) -> Result<TileOutcome> {
    telemetry::step_failed(Stage::Tile, ErrorKind::File);
    let reason = refusal.to_string();
    tracing::warn!(slide.id = %slide, reason, "a file was refused and is in quarantine");
    let quarantined = SlideStatus::Quarantined { reason };
    step::advance(&deps.catalog, slide, &SlideStatus::Received, &quarantined).await?;
    Ok(TileOutcome::Refused(refusal))
}

/// The mpp that holds for a slide, and whence it is.
fn mpp_of(row: &SlideRow, facts: &slide::SlideFacts) -> Option<(flow::Mpp, MppSource)> {
    let given = row.mpp_override.map(|mpp| (mpp, MppSource::Operator));
    given.or_else(|| facts.mpp.map(|mpp| (mpp, MppSource::File)))
}
