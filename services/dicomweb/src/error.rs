use std::sync::Arc;

use flow::SlideId;
use http::{ApiError, NotAcceptable};
use pyramid::PyramidError;
use thiserror::Error;

use crate::retrieve::NoViewport;
use crate::search::NoQuery;

/// Why there is no answer of DICOMweb.
#[derive(Debug, Error)]
pub(crate) enum DicomwebError {
    #[error("there is no study of that UID")]
    NoSuchStudy,
    #[error("the study has no series of that UID")]
    NoSuchSeries,
    #[error("the series has no instance of that UID")]
    NoSuchInstance,
    #[error("the instance has no frame {number}: its frames are numbered 1 to {n_frames}")]
    NoSuchFrame { number: u32, n_frames: usize },
    #[error("the instance has no bulk data of that attribute: its metadata links to what there is")]
    NoSuchBulkData,
    #[error("the instance is no image: it has no frames")]
    NoFrames,
    #[error("the instance is no image: nothing can be drawn of it")]
    NoPicture,
    #[error("only one frame can be drawn at a time")]
    ManyFrames,
    #[error(transparent)]
    NotAcceptable(#[from] NotAcceptable),
    #[error(transparent)]
    Viewport(#[from] NoViewport),
    #[error(transparent)]
    Query(#[from] NoQuery),
    #[error(
        "none of the newest {scanned} slides could be passed over without reading it: name a study, \
         a series, an instance or a container as well"
    )]
    TooBroad { scanned: u64 },
    #[error(transparent)]
    Catalog(#[from] catalog::CatalogError),
    #[error(transparent)]
    Pyramid(#[from] PyramidError),
    #[error("the DICOM header of a level of slide {slide} is damaged, tile the slide again")]
    Header {
        slide: SlideId,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("the answer could not be written as JSON")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error("the heatmap of a result is damaged, score the slide again")]
    Heatmap(#[from] flow::FlowError),
    #[error(transparent)]
    Encode(#[from] dicom_objects::EncodeError),
    #[error("the colour profile could not be made")]
    Profile(#[from] moxcms::CmsError),
    #[error("the picture could not be written as PNG")]
    Png(#[from] png::EncodingError),
    #[error("a worker thread stopped")]
    Worker(#[from] tokio::task::JoinError),
    /// The answer to several callers who asked for the same thing at once.
    #[error(transparent)]
    Shared(Arc<DicomwebError>),
}

impl From<DicomwebError> for ApiError {
    fn from(error: DicomwebError) -> Self {
        match error.blame() {
            Blame::Nothing => Self::not_found(error.to_string()),
            Blame::Request(detail) => Self::bad_request(detail),
            Blame::Acceptance => Self::not_acceptable(error.to_string()),
            Blame::Size => Self::payload_too_large(error.to_string()),
            Blame::Storage => Self::storage_away(error),
            Blame::Server => Self::internal(error),
        }
    }
}

/// Whose fault it is that there is no answer.
enum Blame {
    /// There is no such thing.
    Nothing,
    /// What was asked makes no sense; for the caller to read.
    Request(String),
    /// There is no form of it that the caller takes.
    Acceptance,
    /// More would have to be looked at than one request may cost.
    Size,
    /// It did not answer.
    Storage,
    Server,
}

impl DicomwebError {
    fn blame(&self) -> Blame {
        match self {
            Self::Shared(error) => error.blame(),
            Self::NoSuchStudy
            | Self::NoSuchSeries
            | Self::NoSuchInstance
            | Self::NoSuchFrame { .. }
            | Self::NoSuchBulkData
            | Self::NoFrames => Blame::Nothing,
            Self::ManyFrames | Self::Viewport(_) | Self::Query(_) => {
                Blame::Request(self.to_string())
            }
            Self::Pyramid(error @ PyramidError::Region(_)) => Blame::Request(error.to_string()),
            Self::NotAcceptable(_) | Self::NoPicture => Blame::Acceptance,
            Self::TooBroad { .. } => Blame::Size,
            Self::Pyramid(error) if error.is_unavailable() => Blame::Storage,
            Self::Catalog(catalog::CatalogError::Away { .. }) => Blame::Storage,
            Self::Store(error) if error.is_unavailable() => Blame::Storage,
            Self::Catalog(_)
            | Self::Pyramid(_)
            | Self::Header { .. }
            | Self::Json(_)
            | Self::Store(_)
            | Self::Heatmap(_)
            | Self::Encode(_)
            | Self::Profile(_)
            | Self::Png(_)
            | Self::Worker(_) => Blame::Server,
        }
    }
}
