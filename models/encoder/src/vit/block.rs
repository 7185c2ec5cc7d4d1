use candle_core::{Result, Tensor};
use parameters::{Parameters, ParametersError};

use super::attention::{Attention, Sight};
use super::linear::{BranchEnd, Linear};
use super::mlp::FeedForward;
use super::norm::LayerNorm;
use super::operations::Operations;
use crate::Mlp;

/// The switches of a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BlockShape {
    pub(crate) width: usize,
    pub(crate) heads: usize,
    pub(crate) mlp: Mlp,
    pub(crate) layer_scale: bool,
    pub(crate) layer_norm_eps: f64,
    /// What products of query and key are multiplied with.
    pub(crate) attention_scale: f64,
    pub(crate) operations: Operations,
}

/// One pre-norm transformer block.
#[derive(Debug)]
pub(crate) struct Block {
    norm1: LayerNorm,
    attention: Attention,
    norm2: LayerNorm,
    mlp: FeedForward,
}

impl Block {
    pub(crate) fn new(
        shape: BlockShape,
        parameters: &Parameters,
        name: &str,
    ) -> std::result::Result<Self, ParametersError> {
        let BlockShape {
            layer_norm_eps: eps,
            operations,
            ..
        } = shape;
        let norm =
            |part: &str| LayerNorm::new(operations, parameters, &format!("{name}.{part}"), eps);
        let linear = |part: &str| Linear::new(parameters, &format!("{name}.{part}"));
        let end = |part: &str, scale: &str| {
            let gamma = || parameters.get(&format!("{name}.{scale}.gamma"));
            Ok::<_, ParametersError>(BranchEnd {
                linear: linear(part)?,
                layer_scale: shape.layer_scale.then(gamma).transpose()?,
                operations,
            })
        };
        Ok(Self {
            norm1: norm("norm1")?,
            attention: Attention {
                qkv: linear("attn.qkv")?,
                end: end("attn.proj", "ls1")?,
                heads: shape.heads,
                scale: shape.attention_scale,
                operations,
            },
            norm2: norm("norm2")?,
            mlp: FeedForward {
                fc1: linear("mlp.fc1")?,
                end: end("mlp.fc2", "ls2")?,
                kind: shape.mlp,
                operations,
            },
        })
    }

    /// Tokens of shape (batch, tokens, width) to the same shape.
    pub(crate) fn forward(&self, x: &Tensor, sight: &Sight) -> Result<Tensor> {
        let x = self.attention.added_to(x, &self.norm1.forward(x)?, sight)?;
        self.mlp.added_to(&x, &self.norm2.forward(&x)?)
    }
}
