use serde::{Deserialize, Serialize};

use super::dsmil::{DsmilQuery, DsmilValue};

/// Which head, and its sizes.
///
/// `dimension` is the number of values in an embedding, `hidden` the width of an instance after the
/// projection, `attention` that of the attention. With `n_classes` 1 a head has the logit of the
/// positive class, otherwise one a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum HeadConfig {
    /// Gated attention-based MIL (Ilse et al. 2018) after one projection, with an ordinal grade
    /// (cumulative link, McCullagh 1980) from the same attention.
    GatedAbmil {
        dimension: u32,
        hidden: usize,
        attention: usize,
        /// One if not given.
        #[serde(default = "one", skip_serializing_if = "is_one")]
        n_classes: usize,
        /// Grades go from 1 to this; `None` where the task does not grade.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        highest_grade: Option<u8>,
    },
    /// The mean embedding, classified.
    MeanPool { dimension: u32, n_classes: usize },
    /// The largest of each value of the embeddings, classified.
    MaxPool { dimension: u32, n_classes: usize },
    /// The mean of what one hidden layer says of every instance.
    MeanMlp {
        dimension: u32,
        hidden: usize,
        n_classes: usize,
    },
    /// Attention-based MIL without a gate (Ilse et al. 2018).
    PlainAbmil {
        dimension: u32,
        hidden: usize,
        attention: usize,
        n_classes: usize,
    },
    /// CLAM with one attention branch (Lu et al. 2021).
    ClamSb {
        dimension: u32,
        hidden: usize,
        attention: usize,
        n_classes: usize,
    },
    /// CLAM with an attention branch a class (Lu et al. 2021).
    ClamMb {
        dimension: u32,
        hidden: usize,
        attention: usize,
        n_classes: usize,
    },
    /// Dual-stream MIL (Li et al. 2021).
    Dsmil {
        dimension: u32,
        query_width: usize,
        #[serde(default)]
        query: DsmilQuery,
        #[serde(default)]
        value: DsmilValue,
        n_classes: usize,
    },
    /// Double-tier feature distillation (Zhang et al. 2022), for checkpoints of the original: it is
    /// not trained here.
    Dtfd {
        dimension: u32,
        hidden: usize,
        attention: usize,
        /// How many parts a bag is divided into.
        pseudo_bags: usize,
        n_classes: usize,
    },
    /// Correlated MIL (Shao et al. 2021); `heads` divides `hidden`.
    TransMil {
        dimension: u32,
        hidden: usize,
        heads: usize,
        landmarks: usize,
        n_classes: usize,
    },
}

impl HeadConfig {
    pub fn dimension(&self) -> u32 {
        match *self {
            Self::GatedAbmil { dimension, .. }
            | Self::MeanPool { dimension, .. }
            | Self::MaxPool { dimension, .. }
            | Self::MeanMlp { dimension, .. }
            | Self::PlainAbmil { dimension, .. }
            | Self::ClamSb { dimension, .. }
            | Self::ClamMb { dimension, .. }
            | Self::Dsmil { dimension, .. }
            | Self::Dtfd { dimension, .. }
            | Self::TransMil { dimension, .. } => dimension,
        }
    }

    /// Of the grade; only the gated attention head has one.
    pub fn highest_grade(&self) -> Option<u8> {
        match *self {
            Self::GatedAbmil { highest_grade, .. } => highest_grade,
            _ => None,
        }
    }

    /// Logits of a bag.
    pub fn n_classes(&self) -> usize {
        match *self {
            Self::GatedAbmil { n_classes, .. }
            | Self::MeanPool { n_classes, .. }
            | Self::MaxPool { n_classes, .. }
            | Self::MeanMlp { n_classes, .. }
            | Self::PlainAbmil { n_classes, .. }
            | Self::ClamSb { n_classes, .. }
            | Self::ClamMb { n_classes, .. }
            | Self::Dsmil { n_classes, .. }
            | Self::Dtfd { n_classes, .. }
            | Self::TransMil { n_classes, .. } => n_classes,
        }
    }
}

fn one() -> usize {
    1
}

fn is_one(n_classes: &usize) -> bool {
    *n_classes == 1
}
