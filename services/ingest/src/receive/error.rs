use std::io;
use std::time::Duration;

use catalog::CatalogError;
use flow::{Sha256Digest, SlideId};
use http::ApiError;
use queue::QueueError;
use step::HurryError;
use store::StoreError;
use telemetry::ErrorKind;
use thiserror::Error;

/// When a scanner may try again that found the installation full.
const COME_AGAIN: Duration = Duration::from_secs(60);

/// When a scanner may try again that sent all it may on one day: the day is the last 24 hours.
const COME_AGAIN_TOMORROW: Duration = Duration::from_secs(3600);

/// Why a file was not taken.
#[derive(Debug, Error)]
pub enum ReceiveError {
    #[error("the file is empty; was it sent before the scanner had written it?")]
    Empty,
    #[error(
        "the bytes received have sha256 {found}, not {expected} as announced: nothing was kept, \
         send the file again"
    )]
    Digest {
        expected: Sha256Digest,
        found: Sha256Digest,
    },
    #[error("the header {name} is not valid: {problem}")]
    Header {
        name: &'static str,
        problem: &'static str,
    },
    #[error(
        "{n_unfinished} slides wait to be analysed, and no more than {most} may: nothing was kept, \
         send the file again later"
    )]
    Full { n_unfinished: u64, most: u64 },
    #[error(
        "with this access token {n_slides} slides came within 24 hours, unfinished uploads included, \
         and no more than {most} may: nothing was kept, send the file again later"
    )]
    TooManySlides { n_slides: u64, most: u64 },
    #[error(
        "slide {slide} was received and is in another case than the one named: a person corrects \
         that with PUT /api/v1/slides/{slide}/case"
    )]
    OtherCase { slide: SlideId },
    #[error(
        "slide {slide} was received before without a wish to de-identify it: its label and macro are \
         stored or will be, and nothing that is stored changes. Remove them from the file and send \
         that, which is another slide"
    )]
    LabelKept { slide: SlideId },
    #[error("the body ended early: nothing was kept, send the file again")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the file could not be read; check its disk and its permissions")]
    File(#[source] io::Error),
    #[error("the file changed while it was read; it is tried again once it is quiet")]
    Changed,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl ReceiveError {
    /// What was at fault.
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Empty
            | Self::Digest { .. }
            | Self::Header { .. }
            | Self::OtherCase { .. }
            | Self::LabelKept { .. }
            | Self::Body(_)
            | Self::Changed => ErrorKind::Upload,
            Self::Full { .. } | Self::TooManySlides { .. } => ErrorKind::Full,
            Self::File(_) => ErrorKind::File,
            Self::Store(_) => ErrorKind::Storage,
            Self::Catalog(_) => ErrorKind::Catalog,
            Self::Queue(_) => ErrorKind::Queue,
        }
    }
}

impl From<HurryError> for ReceiveError {
    fn from(error: HurryError) -> Self {
        match error {
            HurryError::Catalog(error) => error.into(),
            HurryError::Queue(error) => error.into(),
        }
    }
}

impl From<ReceiveError> for ApiError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Empty | ReceiveError::Header { .. } | ReceiveError::Body(_) => {
                Self::bad_request(error.to_string())
            }
            ReceiveError::Full { .. } => Self::too_many_requests(error.to_string(), COME_AGAIN),
            ReceiveError::TooManySlides { .. } => {
                Self::too_many_requests(error.to_string(), COME_AGAIN_TOMORROW)
            }
            ReceiveError::OtherCase { .. } | ReceiveError::LabelKept { .. } => {
                Self::conflict(error.to_string())
            }
            ReceiveError::Digest { .. } => Self::unprocessable(error.to_string()),
            ReceiveError::Store(error) => error.into(),
            ReceiveError::Catalog(error) => error.into(),
            ReceiveError::File(_) | ReceiveError::Changed | ReceiveError::Queue(_) => {
                Self::internal(error)
            }
        }
    }
}
