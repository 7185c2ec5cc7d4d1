use std::path::Path;

use anyhow::Result;
use flow::{EncoderRef, Sha256Digest, SlideId};

use super::data_folder::DataFolder;

/// Where bags come from.
pub(crate) enum BagSource {
    /// What `coverslip up` and `coverslip analyze` keep.
    DataFolder(DataFolder),
}

/// Names a bag within its source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum BagId {
    Stored(SlideId),
}

/// A bag in memory.
pub(crate) struct SlideBag {
    /// `n * dimension` values, one instance after another.
    pub(crate) embeddings: Vec<f32>,
    pub(crate) dimension: u32,
    /// Of the bag, so that a training says what it saw.
    pub(crate) digest: Sha256Digest,
}

impl BagSource {
    /// Opens the bags that one encoder made: the one of the folder `encoder`, or the one that ships.
    ///
    /// # Errors
    /// If `bags` is no data folder or has no bag of the encoder.
    pub(crate) async fn open(bags: &Path, encoder: Option<&Path>) -> Result<Self> {
        Ok(Self::DataFolder(DataFolder::open(bags, encoder).await?))
    }

    pub(crate) fn encoder(&self) -> &EncoderRef {
        match self {
            Self::DataFolder(folder) => folder.encoder(),
        }
    }

    pub(crate) fn n_bags(&self) -> usize {
        match self {
            Self::DataFolder(folder) => folder.n_bags(),
        }
    }

    /// The bag of a slide by its name, or why there is none, in words.
    pub(crate) fn find(&self, slide: &str) -> Result<BagId, String> {
        match self {
            Self::DataFolder(folder) => folder.find(slide).map(BagId::Stored),
        }
    }

    pub(crate) async fn read(&self, bag: &BagId) -> Result<SlideBag> {
        match (self, bag) {
            (Self::DataFolder(folder), BagId::Stored(slide)) => folder.read(*slide).await,
        }
    }
}
