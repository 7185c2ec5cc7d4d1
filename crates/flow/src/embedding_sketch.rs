use serde::{Deserialize, Serialize};

use crate::FlowError;

/// The mean of a slide's embeddings on 64 fixed axes: little enough to keep of every slide, and two
/// slides are about as far apart by it as by their means.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f32>", into = "Vec<f32>")]
pub struct EmbeddingSketch([f32; Self::AXES]);

impl EmbeddingSketch {
    pub const AXES: usize = 64;

    /// # Errors
    /// If a value is no finite number.
    pub fn new(values: [f32; Self::AXES]) -> Result<Self, FlowError> {
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(Self(values)),
            false => Err(FlowError::damaged(WHAT, "a value is no finite number")),
        }
    }

    pub const fn values(&self) -> &[f32; Self::AXES] {
        &self.0
    }
}

const WHAT: &str = "sketch of embeddings";

impl TryFrom<Vec<f32>> for EmbeddingSketch {
    type Error = FlowError;

    fn try_from(values: Vec<f32>) -> Result<Self, FlowError> {
        let values = <[f32; Self::AXES]>::try_from(values);
        Self::new(values.map_err(|_values| FlowError::damaged(WHAT, "it has not 64 values"))?)
    }
}

impl From<EmbeddingSketch> for Vec<f32> {
    fn from(sketch: EmbeddingSketch) -> Self {
        sketch.0.into()
    }
}
