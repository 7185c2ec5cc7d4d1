use std::path::PathBuf;
use std::sync::Arc;

use flow::{FlowError, LevelNumber, SlideId, TileIndex};
use thiserror::Error;

/// What can go wrong while a pyramid is written or read.
#[derive(Debug, Error)]
pub enum PyramidError {
    #[error("the slide file could not be read")]
    Slide(#[from] slide::SlideError),
    #[error("the store could not be read")]
    Store(#[from] store::StoreError),
    #[error("a stored object of the pyramid is damaged, tile the slide again")]
    Damaged(#[from] FlowError),
    #[error("the manifest of slide {slide} is damaged, tile the slide again")]
    Manifest {
        slide: SlideId,
        #[source]
        source: serde_json::Error,
    },
    #[error("the slide has no level {0}")]
    NoSuchLevel(LevelNumber),
    #[error("level {level} has no tile at column {}, row {}", tile.column, tile.row)]
    NoSuchTile { level: LevelNumber, tile: TileIndex },
    #[error("the region is not valid: {0}")]
    Region(&'static str),
    #[error("a JPEG could not be {action}")]
    Jpeg {
        action: &'static str,
        #[source]
        source: turbojpeg::Error,
    },
    #[error("a frame is not a baseline JPEG: {0}")]
    NotBaseline(&'static str),
    #[error("the region could not be resampled")]
    Resample(#[from] fast_image_resize::ResizeError),
    #[error("the pyramid file {path} could not be {action}, is the disk full?", path = path.display())]
    Scratch {
        path: PathBuf,
        action: &'static str,
        #[source]
        source: std::io::Error,
    },
    #[error("the DICOM header could not be {action}")]
    Dicom {
        action: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("the sRGB profile could not be made")]
    Icc(#[from] moxcms::CmsError),
    #[error("the slide cannot be tiled: {0}")]
    Unfit(&'static str),
    #[error("a rendering thread stopped")]
    Worker(#[from] tokio::task::JoinError),
    /// The answer to several callers who asked for the same thing at once.
    #[error(transparent)]
    Shared(Arc<PyramidError>),
}

impl PyramidError {
    /// Whether the storage did not answer, which may pass.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Store(error) => error.is_unavailable(),
            Self::Shared(error) => error.is_unavailable(),
            _ => false,
        }
    }

    /// Whether the slide, level or tile asked for does not exist (as opposed to a failure).
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::Store(error) => matches!(error, store::StoreError::NotFound { .. }),
            Self::NoSuchLevel(_) | Self::NoSuchTile { .. } => true,
            Self::Shared(error) => error.is_not_found(),
            _ => false,
        }
    }

    pub(crate) fn jpeg(action: &'static str) -> impl FnOnce(turbojpeg::Error) -> Self {
        move |source| Self::Jpeg { action, source }
    }

    pub(crate) fn dicom<E>(action: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self::Dicom {
            action,
            source: source.into(),
        }
    }
}
