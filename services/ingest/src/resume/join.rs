//! A whole file becomes a slide.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use catalog::{JoinedAs, UploadMetadata, UploadPartRow, UploadRow, UploadState};
use chrono::{TimeDelta, Utc};
use flow::{ObjectKey, PatientPictures, Sha256Digest, SlideId, UploadId};
use futures::{Stream, StreamExt, stream};
use store::{Store, StoreError};
use telemetry::{ResumableOutcome, TraceContext};
use tokio::task::spawn_blocking;
use tracing::warn;

use super::metadata::Told;
use super::{ResumeError, clear};
use crate::receive::{Arrival, Deidentify, receive_placed};
use crate::{IngestDeps, ReceiveError};

/// A process that has said nothing for so long is taken for dead, and another puts the file together.
/// Both would come to the same slide.
const LEASE: TimeDelta = TimeDelta::seconds(15);
const RENEW_EVERY: Duration = Duration::from_secs(5);

/// Parts that are fetched at once.
const N_AHEAD: usize = 2;

/// Takes in an upload that is whole, like any other file, and removes its parts.
///
/// # Errors
/// [`ResumeError::Joining`] where another process is at it. A file that is not what it should be is
/// refused for good; after any other failure this can be tried again.
pub(super) async fn join(
    deps: IngestDeps,
    upload: UploadRow,
    rule: PatientPictures,
    trace: Option<TraceContext>,
) -> Result<SlideId, ResumeError> {
    let now = Utc::now();
    let claimed = deps.catalog.claim_join(upload.id, now, now + LEASE);
    if !claimed.await? {
        return joined_elsewhere(&deps, upload.id).await;
    }
    let joined = tokio::select! {
        joined = take_in(&deps, &upload, rule, trace) => joined,
        never = renew(&deps, upload.id) => match never {},
    };
    let end = match &joined {
        Ok(slide) => Some(JoinedAs::Slide(*slide)),
        Err(ResumeError::Receive(
            ReceiveError::OtherCase { slide } | ReceiveError::LabelKept { slide },
        )) => Some(JoinedAs::Slide(*slide)),
        Err(ResumeError::Damaged(_) | ResumeError::Receive(ReceiveError::Digest { .. })) => {
            Some(JoinedAs::Refused)
        }
        Err(_) => None,
    };
    let Some(end) = end else {
        deps.catalog.release_join(upload.id).await?;
        return joined;
    };
    match deps.catalog.end_join(upload.id, end, Utc::now()).await? {
        true => {
            ended(&deps, upload.id, end).await;
            joined
        }
        // It took too long for its lease, and another was first.
        false => joined_elsewhere(&deps, upload.id).await,
    }
}

async fn joined_elsewhere(deps: &IngestDeps, id: UploadId) -> Result<SlideId, ResumeError> {
    match deps.catalog.upload(id).await?.map(|upload| upload.state) {
        Some(UploadState::Done(slide)) => Ok(slide),
        Some(UploadState::Open) => Err(ResumeError::Joining),
        _ => Err(ResumeError::Over { how: "is over" }),
    }
}

/// Behind the record: whoever asks must not be told to wait for parts that are gone.
async fn ended(deps: &IngestDeps, upload: UploadId, end: JoinedAs) {
    let outcome = match end {
        JoinedAs::Slide(_) => ResumableOutcome::Done,
        JoinedAs::Refused => ResumableOutcome::Refused,
    };
    telemetry::resumable_uploads(outcome, 1);
    clear::clear(deps, upload).await;
}

async fn take_in(
    deps: &IngestDeps,
    upload: &UploadRow,
    rule: PatientPictures,
    trace: Option<TraceContext>,
) -> Result<SlideId, ResumeError> {
    let metadata = upload.metadata.as_ref().map(UploadMetadata::reveal);
    let told = Told::parse(metadata.unwrap_or_default())?;
    let arrival = Arrival {
        bearer: upload.bearer.clone(),
        file_name: told.file_name,
        digest: told.digest,
        mpp: told.mpp,
        deidentify: told.deidentify.unwrap_or(Deidentify::by_rule(rule)),
        trace,
    };
    let parts = deps.catalog.kept_parts(upload.id).await?;
    let received = receive_placed(deps, bytes_of(&deps.store, parts), arrival, told.place).await;
    let slide = received.map_err(damaged_or_else)?.slide();
    let catalog = &deps.catalog;
    let counted = catalog.note_owner_slide(&upload.owner, slide, Utc::now());
    counted.await?;
    Ok(slide)
}

fn bytes_of(
    store: &Store,
    parts: Vec<UploadPartRow>,
) -> impl Stream<Item = Result<Bytes, StoreError>> {
    let reads = parts.into_iter().map(|part| read(store.clone(), part));
    stream::iter(reads).buffered(N_AHEAD)
}

/// A part as it was stored.
async fn read(store: Store, row: UploadPartRow) -> Result<Bytes, StoreError> {
    let key = ObjectKey::UploadPart(row.part);
    let bytes = store.get(&key).await?;
    let hashed = bytes.clone();
    let found = spawn_blocking(move || Sha256Digest::of(&hashed)).await;
    let found = found.map_err(|stopped| StoreError::Object {
        action: "check",
        key: key.path(),
        source: stopped.into(),
    })?;
    match found == row.digest {
        true => Ok(bytes),
        false => Err(StoreError::Damaged {
            key: key.path(),
            expected: row.digest,
            found,
        }),
    }
}

/// Tells what ends an upload for good from a storage that does not answer.
fn damaged_or_else(error: ReceiveError) -> ResumeError {
    let source = match error {
        ReceiveError::Body(source) => source,
        other => return other.into(),
    };
    match source.downcast::<StoreError>() {
        Ok(error) => match *error {
            lost @ (StoreError::Damaged { .. } | StoreError::NotFound { .. }) => {
                ResumeError::Damaged(lost)
            }
            away => away.into(),
        },
        Err(source) => ReceiveError::Body(source).into(),
    }
}

async fn renew(deps: &IngestDeps, upload: UploadId) -> Infallible {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        let renewed = deps.catalog.renew_join(upload, Utc::now() + LEASE).await;
        if let Err(error) = renewed {
            let error = &error as &dyn std::error::Error;
            warn!(error, "another process may put the same upload together");
        }
    }
}
