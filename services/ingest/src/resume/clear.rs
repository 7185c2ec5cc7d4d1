//! Removing parts that are needed no more.

use chrono::{DateTime, TimeDelta, Utc};
use flow::{UploadId, UploadPart};
use futures::{StreamExt, TryStreamExt, stream};
use store::StoreError;
use telemetry::ResumableOutcome;
use tracing::warn;

use super::ResumeError;
use crate::IngestDeps;

/// A request that may write no more could be storing a part still, for so long at most.
const STRAGGLER: TimeDelta = TimeDelta::minutes(10);

const N_AT_ONCE: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removal {
    Removed,
    /// It is whole, or over.
    TooLate,
}

/// Ends an upload that its sender wants no more.
pub(crate) async fn remove(deps: &IngestDeps, upload: UploadId) -> Result<Removal, ResumeError> {
    if !deps.catalog.remove_upload(upload, Utc::now()).await? {
        return Ok(Removal::TooLate);
    }
    telemetry::resumable_uploads(ResumableOutcome::Removed, 1);
    clear(deps, upload).await;
    Ok(Removal::Removed)
}

/// Removes the parts of an upload that is over. Those it leaves are removed by the sweep.
pub(super) async fn clear(deps: &IngestDeps, upload: UploadId) {
    if let Err(error) = try_to_clear(deps, upload, Utc::now()).await {
        let error = &error as &dyn std::error::Error;
        warn!(error, "parts of an upload that is over stay for now");
    }
}

async fn try_to_clear(
    deps: &IngestDeps,
    upload: UploadId,
    now: DateTime<Utc>,
) -> Result<(), ResumeError> {
    let noted_before = now - STRAGGLER;
    let parts = deps.catalog.parts_to_remove(upload, noted_before).await?;
    remove_all(deps, parts).await?;
    Ok(deps
        .catalog
        .forget_removed_parts(upload, noted_before)
        .await?)
}

/// Removes what one request stored and did not keep.
pub(super) async fn discard(
    deps: &IngestDeps,
    upload: UploadId,
    writer: u32,
) -> Result<(), ResumeError> {
    let parts = deps.catalog.unkept_parts(upload, writer).await?;
    remove_all(deps, parts).await?;
    Ok(deps.catalog.forget_unkept_parts(upload, writer).await?)
}

async fn remove_all(deps: &IngestDeps, parts: Vec<UploadPart>) -> Result<(), StoreError> {
    let removals = parts.into_iter().map(|part| deps.store.remove_part(part));
    stream::iter(removals)
        .buffer_unordered(N_AT_ONCE)
        .try_collect()
        .await
}
