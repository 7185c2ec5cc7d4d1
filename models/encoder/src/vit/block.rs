use candle_core::{Result, Tensor};
use parameters::{Parameters, ParametersError};

use super::Arithmetic;
use super::attention::Attention;
use super::mlp::FeedForward;
use super::norm::LayerNorm;
use crate::Architecture;

/// One pre-norm transformer block.
#[derive(Debug)]
pub(super) struct Block {
    norm1: LayerNorm,
    attention: Attention,
    scale1: Option<Tensor>,
    norm2: LayerNorm,
    mlp: FeedForward,
    scale2: Option<Tensor>,
}

impl Block {
    pub(super) fn new(
        architecture: &Architecture,
        parameters: &Parameters,
        name: &str,
        arithmetic: Arithmetic,
    ) -> std::result::Result<Self, ParametersError> {
        let norm = |norm: &str| {
            let name = format!("{name}.{norm}");
            LayerNorm::new(parameters, &name, architecture.layer_norm_eps, arithmetic)
        };
        let scale = |branch: &str| match architecture.layer_scale {
            true => parameters.get(&format!("{name}.{branch}.gamma")).map(Some),
            false => Ok(None),
        };
        let attention = format!("{name}.attn");
        Ok(Self {
            norm1: norm("norm1")?,
            attention: Attention::new(architecture, parameters, &attention, arithmetic)?,
            scale1: scale("ls1")?,
            norm2: norm("norm2")?,
            mlp: FeedForward::new(architecture.mlp, parameters, &format!("{name}.mlp"))?,
            scale2: scale("ls2")?,
        })
    }

    /// Tokens of shape (batch, tokens, width) to the same shape.
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let branch = self.attention.forward(&self.norm1.forward(x)?)?;
        let x = (x + scaled(branch, self.scale1.as_ref())?)?;
        let branch = self.mlp.forward(&self.norm2.forward(&x)?)?;
        x + scaled(branch, self.scale2.as_ref())?
    }
}

fn scaled(branch: Tensor, scale: Option<&Tensor>) -> Result<Tensor> {
    match scale {
        Some(scale) => branch.broadcast_mul(scale),
        None => Ok(branch),
    }
}
