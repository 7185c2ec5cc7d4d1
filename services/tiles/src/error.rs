use std::sync::Arc;

use colouring::ColouringError;
use flow::{AssociatedName, SlideId, TaskId};
use http::ApiError;
use pyramid::PyramidError;
use thiserror::Error;

use crate::heatmaps::LayerName;
use crate::iiif::IiifError;

/// Why a picture could not be given.
#[derive(Debug, Error)]
pub(crate) enum TilesError {
    #[error("there is nothing at this address")]
    NoSuchAddress,
    #[error("there is no slide {0}")]
    NoSuchSlide(SlideId),
    #[error("slide {slide} is not tiled yet: it is {state}")]
    NotTiled { slide: SlideId, state: String },
    #[error("slide {0} has no tile there")]
    NoSuchTile(SlideId),
    #[error("slide {slide} has no {name} image")]
    NoSuchImage {
        slide: SlideId,
        name: AssociatedName,
    },
    #[error("slide {slide} has no result of task {task}")]
    NotScored { slide: SlideId, task: TaskId },
    #[error("the result of task {} for slide {} has no {} heatmap", .0.task, .0.slide, .0.layer)]
    NoSuchHeatmap(LayerName),
    #[error(
        "the quality of slide {0} was not measured: it is not embedded yet, was embedded by an older \
         version, or its bag was imported"
    )]
    NoQuality(SlideId),
    #[error("the quality record of slide {slide} cannot be read")]
    Quality {
        slide: SlideId,
        #[source]
        source: serde_json::Error,
    },
    #[error("the image request is not valid")]
    Image(#[from] IiifError),
    #[error("the colouring is not valid")]
    Colouring(#[from] ColouringError),
    #[error("a thumbnail of {asked} pixels was asked for, it can be 1 to {most} pixels wide")]
    ThumbnailSize { asked: u32, most: u32 },
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Catalog(#[from] catalog::CatalogError),
    #[error(transparent)]
    Pyramid(#[from] PyramidError),
    #[error("a stored object is damaged")]
    Damaged(#[from] flow::FlowError),
    #[error("the manifest of slide {slide} is damaged, tile the slide again")]
    Manifest {
        slide: SlideId,
        #[source]
        source: serde_json::Error,
    },
    #[error("what is to be embedded of slide {slide} cannot be read")]
    BagPlan {
        slide: SlideId,
        #[source]
        source: serde_json::Error,
    },
    #[error("the manifest of slide {0} is of another pyramid than is stored, tile the slide again")]
    OtherPyramid(SlideId),
    #[error("the pyramid of slide {0} has no levels, tile the slide again")]
    NoLevels(SlideId),
    #[error("the answer could not be written as JSON")]
    Json(#[from] serde_json::Error),
    #[error("the picture could not be written as PNG")]
    Png(#[from] png::EncodingError),
    #[error("a rendering thread stopped")]
    Worker(#[from] tokio::task::JoinError),
    /// The answer to several callers who asked for the same thing at once.
    #[error(transparent)]
    Shared(Arc<TilesError>),
}

impl From<TilesError> for ApiError {
    fn from(error: TilesError) -> Self {
        match error.blame() {
            Blame::Nothing => Self::not_found(error.to_string()),
            Blame::Request(detail) => Self::bad_request(detail),
            Blame::Storage => Self::storage_away(error),
            Blame::Server => Self::internal(error),
        }
    }
}

/// Whose fault it is that there is no picture.
enum Blame {
    /// There is no such thing.
    Nothing,
    /// What was asked makes no sense; for the caller to read.
    Request(String),
    /// It did not answer.
    Storage,
    Server,
}

impl TilesError {
    fn blame(&self) -> Blame {
        match self {
            Self::Shared(error) => error.blame(),
            Self::NoSuchAddress
            | Self::NoSuchSlide(_)
            | Self::NotTiled { .. }
            | Self::NoSuchTile(_)
            | Self::NoSuchImage { .. }
            | Self::NotScored { .. }
            | Self::NoSuchHeatmap(_)
            | Self::NoQuality(_) => Blame::Nothing,
            Self::Image(error) => Blame::Request(error.to_string()),
            Self::Colouring(error) => Blame::Request(error.to_string()),
            Self::ThumbnailSize { .. } => Blame::Request(self.to_string()),
            Self::Pyramid(error @ PyramidError::Region(_)) => Blame::Request(error.to_string()),
            Self::Store(error) if error.is_unavailable() => Blame::Storage,
            Self::Pyramid(error) if error.is_unavailable() => Blame::Storage,
            Self::Store(_)
            | Self::Catalog(_)
            | Self::Pyramid(_)
            | Self::Damaged(_)
            | Self::Manifest { .. }
            | Self::BagPlan { .. }
            | Self::Quality { .. }
            | Self::OtherPyramid(_)
            | Self::NoLevels(_)
            | Self::Json(_)
            | Self::Png(_)
            | Self::Worker(_) => Blame::Server,
        }
    }
}
