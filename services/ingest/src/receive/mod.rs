//! Takes files in: bytes into storage, a row into the catalog, a message for the tile step.

mod content_digest;
mod deidentify;
mod error;
mod file;
mod place_in_case;
mod receiving;
mod request;

use bytes::Bytes;
use catalog::{AuditAction, AuditEvent, FileName, NewSlide, Registered};
use flow::{Mpp, ObjectKey, Sha256Digest, SlideId, SlideReceived, SlideStatus};
use futures::{Stream, StreamExt, pin_mut};
use serde_json::json;
use step::GiveMppError;
use store::ReceivedFile;
use telemetry::TraceContext;

pub use deidentify::Deidentify;
pub(crate) use deidentify::is_too_late;
pub use error::ReceiveError;
pub use file::receive_file;
pub(crate) use place_in_case::GivenPlace;
pub(crate) use receiving::receiving;
pub use request::router;
pub(crate) use request::{ensure_room, sender_of};

use crate::IngestDeps;
use place_in_case::put_in_case;

/// What is known of a file before its bytes.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Who brought it, for the audit trail.
    pub bearer: String,
    pub file_name: Option<FileName>,
    /// The bytes must hash to this.
    pub digest: Option<Sha256Digest>,
    /// Used in place of what the file says.
    pub mpp: Option<Mpp>,
    pub deidentify: Deidentify,
    /// What the sender did when it sent the file.
    pub trace: Option<TraceContext>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    New(SlideId),
    /// The same bytes were received before.
    Known(SlideId),
}

impl Accepted {
    pub const fn slide(self) -> SlideId {
        match self {
            Self::New(slide) | Self::Known(slide) => slide,
        }
    }
}

/// Receives a file of any length in constant memory.
///
/// When this returns, a crash loses nothing: the bytes are on disk, then the slide is in the
/// catalog, and only then is it announced. When it fails, nothing is left.
pub async fn receive<E>(
    deps: &IngestDeps,
    body: impl Stream<Item = Result<Bytes, E>>,
    arrival: Arrival,
) -> Result<Accepted, ReceiveError>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    receive_placed(deps, body, arrival, None).await
}

/// The same for a sender who may say where the slide belongs.
pub(crate) async fn receive_placed<E>(
    deps: &IngestDeps,
    body: impl Stream<Item = Result<Bytes, E>>,
    arrival: Arrival,
    place: Option<GivenPlace>,
) -> Result<Accepted, ReceiveError>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    receiving(arrival.trace.clone(), async {
        let mut upload = deps.store.receive().await?;
        pin_mut!(body);
        while let Some(bytes) = body.next().await {
            let bytes = bytes.map_err(|source| ReceiveError::Body(source.into()))?;
            telemetry::upload_bytes(bytes.len() as u64);
            upload.write(&bytes).await?;
        }
        accept(deps, upload.finish().await?, arrival, place).await
    })
    .await
}

/// Makes a slide of a file that is here whole.
pub(crate) async fn accept(
    deps: &IngestDeps,
    file: ReceivedFile,
    arrival: Arrival,
    place: Option<GivenPlace>,
) -> Result<Accepted, ReceiveError> {
    let (digest, n_bytes) = (file.digest, file.n_bytes);
    if n_bytes == 0 {
        return Err(ReceiveError::Empty);
    }
    if let Some(expected) = arrival.digest.filter(|expected| *expected != digest) {
        return Err(ReceiveError::Digest {
            expected,
            found: digest,
        });
    }
    let id = SlideId::from_digest(&digest);
    deps.store.adopt(file, &ObjectKey::Original(id)).await?;
    let slide = NewSlide {
        file_name: arrival.file_name,
        mpp_override: arrival.mpp,
        patient_pictures: arrival.deidentify.pictures(),
        ..NewSlide::of(digest, n_bytes)
    };
    let registered = deps.catalog.register(slide).await?;
    let event = AuditEvent {
        actor: arrival.bearer.clone(),
        action: AuditAction::SlideReceived,
        slide: Some(id),
        detail: json!({
            "n_bytes": n_bytes,
            "known": registered == Registered::Known,
            "mpp": arrival.mpp,
            "deidentify": arrival.deidentify.name(),
        }),
    };
    deps.catalog.audit(event).await?;
    match registered {
        Registered::New => {
            telemetry::slide_reached(&SlideStatus::Received);
            // Before it is announced: the tile step compares it with the label.
            put_if_given(deps, &arrival.bearer, id, place).await?;
            deps.queue.publish(&SlideReceived { slide: id }).await?;
            Ok(Accepted::New(id))
        }
        Registered::Known => {
            if is_too_late(deps, id, arrival.deidentify).await? {
                return Err(ReceiveError::LabelKept { slide: id });
            }
            known_again(deps, &arrival.bearer, id, arrival.mpp).await?;
            put_if_given(deps, &arrival.bearer, id, place).await?;
            Ok(Accepted::Known(id))
        }
    }
}

async fn put_if_given(
    deps: &IngestDeps,
    bearer: &str,
    slide: SlideId,
    place: Option<GivenPlace>,
) -> Result<(), ReceiveError> {
    match place {
        Some(place) => put_in_case(deps, bearer, slide, place).await,
        None => Ok(()),
    }
}

/// A slide that was held for its missing mpp may come again with one.
async fn known_again(
    deps: &IngestDeps,
    bearer: &str,
    slide: SlideId,
    mpp: Option<Mpp>,
) -> Result<(), ReceiveError> {
    let Some(mpp) = mpp else { return Ok(()) };
    match step::give_mpp(&deps.catalog, &deps.queue, bearer, slide, mpp).await {
        Ok(()) | Err(GiveMppError::NotWaiting { .. }) => Ok(()),
        Err(GiveMppError::Catalog(error)) => Err(error.into()),
        Err(GiveMppError::Queue(error)) => Err(error.into()),
    }
}
