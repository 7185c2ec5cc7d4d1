use std::sync::Arc;
use std::time::Duration;

use flow::{Sha256Digest, SlideId};
use http::ApiError;
use similarity::SimilarityError;
use thiserror::Error;

use super::region::MOST_POSITIONS;
use super::request::{MOST_HITS, MOST_TEXT};
use crate::error::TilesError;

/// After so long a first look at all slides may be done.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Why nothing could be searched.
#[derive(Debug, Error)]
pub(crate) enum SimilarError {
    #[error("say by one of `region`, `tiles` and `text` what is looked for")]
    NotOne,
    #[error("{0} hits were asked for, it can be 1 to {MOST_HITS}")]
    Hits(usize),
    #[error("the text has {0} characters, it can have 1 to {MOST_TEXT}")]
    Text(usize),
    #[error("the region has {0} positions, no more than {MOST_POSITIONS} are taken: simplify it")]
    Positions(usize),
    #[error(
        "no embedded tile of slide {0} lies there: draw over tissue, and large enough to hold the \
         middle of a tile, or click on one"
    )]
    NoTile(SlideId),
    #[error("the tiles that were chosen are too unlike to look for what they share: choose fewer")]
    NoDirection,
    #[error("slide {0} is in no case: search this slide alone, or all slides")]
    NoCase(SlideId),
    #[error(
        "slide {slide} has no embeddings{}: wait until it is embedded, or let `coverslip embed` do \
         it",
        .encoder.map(|hash| format!(" of encoder {hash}")).unwrap_or_default()
    )]
    NotEmbedded {
        slide: SlideId,
        encoder: Option<Sha256Digest>,
    },
    #[error(
        "encoder {0} reads no text here: text is searched where an encoder with a text tower, a CLIP, \
         embedded the slide, and this server was started with `--text-encoder` and \
         `--text-vocabulary`"
    )]
    NoText(String),
    #[error(
        "the slides are being gathered, {n_slides} with {n_tiles} tiles so far: ask again in a \
         few seconds"
    )]
    Gathering { n_slides: usize, n_tiles: usize },
    #[error("the slides of another encoder are being gathered: ask again in a few seconds")]
    GatheringOther,
    #[error(transparent)]
    Bag(#[from] store::BagError),
    #[error("embeddings cannot be compared")]
    Compare(#[from] SimilarityError),
    #[error("the text cannot be embedded")]
    Encoder(#[from] encoder::EncoderError),
    #[error(transparent)]
    Catalog(#[from] catalog::CatalogError),
    #[error(transparent)]
    Tiles(#[from] TilesError),
    #[error("a searching thread stopped")]
    Worker(#[from] tokio::task::JoinError),
    /// The answer to several callers who asked for the same thing at once.
    #[error(transparent)]
    Shared(Arc<SimilarError>),
}

impl SimilarError {
    pub(super) fn is_storage_away(&self) -> bool {
        match self {
            Self::Shared(error) => error.is_storage_away(),
            Self::Bag(store::BagError::Store(error)) => error.is_unavailable(),
            _ => false,
        }
    }
}

impl From<SimilarError> for ApiError {
    fn from(error: SimilarError) -> Self {
        match error {
            SimilarError::NotOne
            | SimilarError::Hits(_)
            | SimilarError::Text(_)
            | SimilarError::Positions(_)
            | SimilarError::NoTile(_)
            | SimilarError::NoDirection
            | SimilarError::NoCase(_)
            | SimilarError::NoText(_) => Self::unprocessable(error.to_string()),
            SimilarError::NotEmbedded { .. } => Self::not_found(error.to_string()),
            SimilarError::Gathering { .. } | SimilarError::GatheringOther => {
                Self::not_ready(error.to_string(), ASK_AGAIN)
            }
            SimilarError::Catalog(error) => error.into(),
            SimilarError::Tiles(error) => error.into(),
            away if away.is_storage_away() => Self::storage_away(away),
            other => Self::internal(other),
        }
    }
}
