use http::ApiError;
use telemetry::ErrorKind;
use thiserror::Error;
use tokio::task::JoinError;

use crate::ReceiveError;

/// Why nothing of a request was kept.
#[derive(Debug, Error)]
pub(super) enum StowError {
    #[error(
        "instances are stored as parts of one body: send Content-Type: multipart/related; \
         type=\"application/dicom\"; boundary=..."
    )]
    MediaType,
    #[error("part {number} of the body is {found}: every part must be application/dicom")]
    PartType { number: usize, found: String },
    #[error("the multipart body is not valid: {0}; nothing was kept")]
    Malformed(&'static str),
    #[error("the body ended before its last boundary: nothing was kept, send it again")]
    Truncated,
    #[error("the body has no parts: send each instance as one")]
    NoParts,
    #[error("the body has more than {most} bytes: send fewer instances at once; nothing was kept")]
    TooLarge { most: u64 },
    #[error("the body has more than {most} parts: send fewer instances at once; nothing was kept")]
    TooMany { most: usize },
    #[error(transparent)]
    Receive(#[from] ReceiveError),
    #[error("a received instance could not be looked at")]
    Inspect(#[source] slide::SlideError),
    #[error("a worker thread stopped")]
    Worker(#[from] JoinError),
    #[error("the answer could not be written as JSON")]
    Json(#[from] serde_json::Error),
}

impl StowError {
    /// What was at fault.
    pub(super) fn kind(&self) -> ErrorKind {
        match self {
            Self::MediaType
            | Self::PartType { .. }
            | Self::Malformed(_)
            | Self::Truncated
            | Self::NoParts
            | Self::TooLarge { .. }
            | Self::TooMany { .. } => ErrorKind::Upload,
            Self::Receive(error) => error.kind(),
            Self::Inspect(_) => ErrorKind::File,
            Self::Worker(_) | Self::Json(_) => ErrorKind::Other,
        }
    }
}

impl From<store::StoreError> for StowError {
    fn from(error: store::StoreError) -> Self {
        Self::Receive(error.into())
    }
}

impl From<catalog::CatalogError> for StowError {
    fn from(error: catalog::CatalogError) -> Self {
        Self::Receive(error.into())
    }
}

impl From<StowError> for ApiError {
    fn from(error: StowError) -> Self {
        match error {
            StowError::MediaType | StowError::PartType { .. } => {
                Self::unsupported_media_type(error.to_string())
            }
            StowError::Malformed(_) | StowError::Truncated | StowError::NoParts => {
                Self::bad_request(error.to_string())
            }
            StowError::TooLarge { .. } | StowError::TooMany { .. } => {
                Self::payload_too_large(error.to_string())
            }
            StowError::Receive(error) => error.into(),
            StowError::Inspect(_) | StowError::Worker(_) | StowError::Json(_) => {
                Self::internal(error)
            }
        }
    }
}
