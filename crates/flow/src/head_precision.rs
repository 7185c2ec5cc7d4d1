use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Precision;

/// Arithmetic of the products of a task's head; what it sums, its softmax and what it pools are f32
/// or wider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadPrecision {
    #[default]
    F32,
    Bf16,
}

impl HeadPrecision {
    /// In which a bag is scored: embeddings of less than f32 gain nothing by products in f32. It
    /// follows from the bag alone, so one bag and task give one result.
    pub fn of_bag(embedded_in: Precision) -> Self {
        match embedded_in {
            Precision::F32 => Self::F32,
            Precision::Bf16 | Precision::Int8 => Self::Bf16,
        }
    }
}

impl fmt::Display for HeadPrecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
        })
    }
}
