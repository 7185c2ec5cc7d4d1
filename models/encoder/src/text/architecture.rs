use serde::{Deserialize, Serialize};

use super::declarations;
use crate::vit::{BlockShape, Operations, attention_scale};
use crate::{EncoderError, Mlp};

/// The switches of CLIP's text tower (Radford et al. 2021).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextArchitecture {
    /// Different tokens there are.
    pub vocabulary: usize,
    /// Tokens in a text at most, with those that begin and end it.
    pub context: usize,
    /// Values in a token.
    pub width: usize,
    /// Number of blocks.
    pub depth: usize,
    pub heads: usize,
    pub mlp: Mlp,
    pub layer_norm_eps: f64,
}

impl TextArchitecture {
    /// Name and shape of every parameter of a tower that ends in `dimension` values.
    pub fn parameters(&self, dimension: usize) -> Vec<(String, Vec<usize>)> {
        let declared = declarations(self, dimension).into_iter();
        declared
            .map(|parameter| (parameter.name, parameter.shape))
            .collect()
    }

    pub(crate) fn block(&self) -> BlockShape {
        BlockShape {
            width: self.width,
            heads: self.heads,
            mlp: self.mlp,
            layer_scale: false,
            layer_norm_eps: self.layer_norm_eps,
            attention_scale: attention_scale(self.width, self.heads),
            operations: Operations::Fused,
        }
    }

    pub(crate) fn check(&self) -> Result<(), EncoderError> {
        let possible = (1..=1_000_000).contains(&self.vocabulary)
            && (3..=4096).contains(&self.context)
            && (1..=65_536).contains(&self.width)
            && (1..=512).contains(&self.depth)
            && self.heads > 0
            && self.width.is_multiple_of(self.heads)
            && self.mlp.is_possible(self.width)
            && self.layer_norm_eps > 0.0;
        if possible {
            return Ok(());
        }
        Err(EncoderError::Config(
            "the text tower has an impossible size".to_owned(),
        ))
    }
}
