use candle_core::{Result, Tensor};
use parameters::{Parameters, ParametersError};

use super::attention::Attention;
use super::linear::{BranchEnd, Linear};
use super::mlp::FeedForward;
use super::norm::LayerNorm;
use crate::Architecture;

/// One pre-norm transformer block.
#[derive(Debug)]
pub(super) struct Block {
    norm1: LayerNorm,
    attention: Attention,
    norm2: LayerNorm,
    mlp: FeedForward,
}

impl Block {
    pub(super) fn new(
        architecture: &Architecture,
        parameters: &Parameters,
        name: &str,
    ) -> std::result::Result<Self, ParametersError> {
        let eps = architecture.layer_norm_eps;
        let norm = |part: &str| LayerNorm::new(parameters, &format!("{name}.{part}"), eps);
        let linear = |part: &str| Linear::new(parameters, &format!("{name}.{part}"));
        let end = |part: &str, scale: &str| {
            let gamma = || parameters.get(&format!("{name}.{scale}.gamma"));
            let gamma = architecture.layer_scale.then(gamma).transpose()?;
            Ok::<_, ParametersError>(BranchEnd::new(linear(part)?, gamma)?)
        };
        Ok(Self {
            norm1: norm("norm1")?,
            attention: Attention {
                qkv: linear("attn.qkv")?,
                end: end("attn.proj", "ls1")?,
                heads: architecture.heads,
            },
            norm2: norm("norm2")?,
            mlp: FeedForward {
                fc1: linear("mlp.fc1")?,
                end: end("mlp.fc2", "ls2")?,
                kind: architecture.mlp,
            },
        })
    }

    /// Tokens of shape (batch, tokens, width) to the same shape.
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.attention.added_to(x, &self.norm1.forward(x)?)?;
        self.mlp.added_to(&x, &self.norm2.forward(&x)?)
    }
}
