use std::time::Duration;

use catalog::CatalogError;
use flow::UploadId;
use http::ApiError;
use store::StoreError;
use thiserror::Error;
use tokio::task::JoinError;

use crate::ReceiveError;

/// When a key may begin another upload that has too many: once one of them is done.
const COME_AGAIN: Duration = Duration::from_secs(60);

/// When to ask again for an upload that becomes a slide right now.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Why an upload does not go on.
#[derive(Debug, Error)]
pub(crate) enum ResumeError {
    #[error("the header {name} is not valid: {problem}")]
    Header {
        name: &'static str,
        problem: &'static str,
    },
    /// The value itself may name a patient.
    #[error("the value of {key} in Upload-Metadata is not valid: {problem}")]
    Metadata {
        key: &'static str,
        problem: &'static str,
    },
    #[error("bytes of an upload come with Content-Type: application/offset+octet-stream")]
    ContentType,
    #[error("a file of {n_bytes} bytes is too large: no more than {most} are taken")]
    TooLarge { n_bytes: u64, most: u64 },
    #[error("more bytes came than the upload has left: {left} after its offset")]
    TooLong { left: u64 },
    #[error(
        "the unfinished uploads of this access token have {unfinished} bytes, and with this one they \
         would have more than the {most} that they may: finish or remove some first"
    )]
    TooManyBytes { unfinished: u64, most: u64 },
    #[error(
        "another upload was begun under this Idempotency-Key, of another length or with other \
         metadata: use a new key"
    )]
    OtherUnderKey,
    #[error("there is no upload {id} that this access token began")]
    Unknown { id: UploadId },
    #[error("the upload {how}: begin a new one")]
    Over { how: &'static str },
    #[error("all bytes of the upload came, so it is not removed: the slide is kept")]
    Whole,
    #[error("the upload stands at {n_kept}: ask with HEAD where it stands, and go on from there")]
    Offset { n_kept: u64 },
    #[error("another request has begun to write to the upload: ask with HEAD where it stands")]
    Taken,
    #[error("the bytes received do not match Upload-Checksum: none was kept, send them again")]
    Checksum,
    #[error("the body ended early: ask with HEAD where the upload stands, and go on from there")]
    Cut(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("all bytes came and the slide is being put in its place: ask again in a moment")]
    Joining,
    #[error(
        "a part of the upload is damaged or lost in storage, nothing was kept: begin a new upload"
    )]
    Damaged(#[source] StoreError),
    #[error(transparent)]
    Receive(#[from] ReceiveError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error("the work on an upload stopped")]
    Stopped(#[source] JoinError),
}

impl From<ResumeError> for ApiError {
    fn from(error: ResumeError) -> Self {
        let told = error.to_string();
        match error {
            ResumeError::Header { .. } | ResumeError::Metadata { .. } | ResumeError::Cut(_) => {
                Self::bad_request(told)
            }
            ResumeError::ContentType => Self::unsupported_media_type(told),
            ResumeError::TooLarge { .. } | ResumeError::TooLong { .. } => {
                Self::payload_too_large(told)
            }
            ResumeError::TooManyBytes { .. } => Self::too_many_requests(told, COME_AGAIN),
            ResumeError::Unknown { .. } => Self::not_found(told),
            ResumeError::Over { .. } => Self::gone(told),
            ResumeError::OtherUnderKey | ResumeError::Whole | ResumeError::Offset { .. } => {
                Self::conflict(told)
            }
            ResumeError::Taken => Self::locked(told),
            ResumeError::Checksum => Self::checksum_mismatch(told),
            ResumeError::Joining => Self::not_ready(told, ASK_AGAIN),
            // Not a conflict: clients would take that for one of offsets, and find the upload done.
            ResumeError::Damaged(_)
            | ResumeError::Receive(
                ReceiveError::OtherCase { .. } | ReceiveError::LabelKept { .. },
            ) => Self::unprocessable(told),
            ResumeError::Receive(error) => error.into(),
            ResumeError::Store(error) => error.into(),
            ResumeError::Catalog(error) => error.into(),
            ResumeError::Stopped(error) => Self::internal(error),
        }
    }
}
