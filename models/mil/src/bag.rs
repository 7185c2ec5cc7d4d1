use candle_core::{Device, Tensor};

use crate::MilError;

/// A bag with what is known of it, to train or to evaluate on.
#[derive(Clone, Debug)]
pub struct LabelledBag {
    /// (instances, dimension).
    pub embeddings: Tensor,
    pub label: Label,
    /// For each instance the share of its tile that is tumour, where someone drew it.
    pub tumour_shares: Option<Vec<f32>>,
}

/// The truth about a slide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    Negative,
    /// With its grade (1 is the lowest) where it is known.
    Positive {
        grade: Option<u8>,
    },
}

impl Label {
    pub const fn is_positive(self) -> bool {
        matches!(self, Self::Positive { .. })
    }

    pub const fn grade(self) -> Option<u8> {
        match self {
            Self::Negative => None,
            Self::Positive { grade } => grade,
        }
    }
}

impl LabelledBag {
    /// `embeddings` holds one embedding of `dimension` values after another.
    pub fn new(embeddings: &[f32], dimension: usize, label: Label) -> Result<Self, MilError> {
        Ok(Self {
            embeddings: as_tensor(embeddings, dimension)?,
            label,
            tumour_shares: None,
        })
    }

    pub fn n_instances(&self) -> usize {
        self.embeddings.dims()[0]
    }
}

/// (instances, dimension), at least one instance.
pub(crate) fn as_tensor(embeddings: &[f32], dimension: usize) -> Result<Tensor, MilError> {
    if embeddings.is_empty() {
        return Err(MilError::EmptyBag);
    }
    if dimension == 0 || !embeddings.len().is_multiple_of(dimension) {
        return Err(MilError::RaggedBag {
            n_values: embeddings.len(),
            dimension,
        });
    }
    let n_instances = embeddings.len() / dimension;
    Ok(Tensor::from_slice(
        embeddings,
        (n_instances, dimension),
        &Device::Cpu,
    )?)
}
