use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use flow::{EncoderRef, HeadPrecision, Precision, Sha256Digest, SlideId};

use super::data_folder::DataFolder;
use super::feature_folder::FeatureFolder;

/// Where bags come from.
pub(crate) enum BagSource {
    /// What `coverslip up` and `coverslip analyze` keep.
    DataFolder(DataFolder),
    /// Files of TRIDENT, CLAM or STAMP.
    FeatureFolder(FeatureFolder),
}

/// Names a bag within its source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum BagId {
    Stored(SlideId),
    File(PathBuf),
}

/// A bag in memory.
pub(crate) struct SlideBag {
    /// `n * dimension` values, one instance after another.
    pub(crate) embeddings: Vec<f32>,
    pub(crate) dimension: u32,
    /// In which a task scores it.
    pub(crate) precision: HeadPrecision,
    /// Of the bag, so that a training says what it saw.
    pub(crate) digest: Sha256Digest,
}

impl BagSource {
    /// Opens the bags that one encoder made: the one of the folder or the name `encoder`, or the one
    /// that ships; in a data folder, those it made in `precision`.
    ///
    /// # Errors
    /// If `bags` is neither a data folder with bags of the encoder nor a folder of feature files.
    pub(crate) async fn open(
        bags: &Path,
        encoder: Option<&str>,
        precision: Precision,
    ) -> Result<Self> {
        if DataFolder::is_one(bags) {
            let folder = DataFolder::open(bags, encoder, precision).await?;
            return Ok(Self::DataFolder(folder));
        }
        Ok(Self::FeatureFolder(FeatureFolder::open(bags, encoder)?))
    }

    pub(crate) fn encoder(&self) -> &EncoderRef {
        match self {
            Self::DataFolder(folder) => folder.encoder(),
            Self::FeatureFolder(folder) => folder.encoder(),
        }
    }

    pub(crate) fn n_bags(&self) -> usize {
        match self {
            Self::DataFolder(folder) => folder.n_bags(),
            Self::FeatureFolder(folder) => folder.n_bags(),
        }
    }

    /// The bag of a slide by its name, or why there is none, in words.
    pub(crate) fn find(&self, slide: &str) -> Result<BagId, String> {
        match self {
            Self::DataFolder(folder) => folder.find(slide).map(BagId::Stored),
            Self::FeatureFolder(folder) => folder.find(slide).map(BagId::File),
        }
    }

    pub(crate) async fn read(&self, bag: &BagId) -> Result<SlideBag> {
        match (self, bag) {
            (Self::DataFolder(folder), BagId::Stored(slide)) => folder.read(*slide).await,
            (_, BagId::File(file)) => FeatureFolder::read(file).await,
            (Self::FeatureFolder(_), BagId::Stored(slide)) => {
                bail!("slide {slide} lies in a data folder, not in a folder of feature files")
            }
        }
    }
}
