use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Parameters, ParametersError};

use super::Arithmetic;
use super::norm::softmax;
use crate::Architecture;

/// Multi-head self-attention with query, key and value in one matrix (Vaswani et al. 2017).
#[derive(Debug)]
pub(super) struct Attention {
    qkv: Linear,
    projection: Linear,
    heads: usize,
    arithmetic: Arithmetic,
}

impl Attention {
    pub(super) fn new(
        architecture: &Architecture,
        parameters: &Parameters,
        name: &str,
        arithmetic: Arithmetic,
    ) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            qkv: parameters.linear(&format!("{name}.qkv"))?,
            projection: parameters.linear(&format!("{name}.proj"))?,
            heads: architecture.heads,
            arithmetic,
        })
    }

    /// Tokens of shape (batch, tokens, width) to the same shape.
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (batch, tokens, width) = x.dims3()?;
        let head_width = width / self.heads;
        let parts = self
            .qkv
            .forward(x)?
            .reshape((batch, tokens, 3, self.heads, head_width))?
            .permute((2, 0, 3, 1, 4))?;
        let part = |index| parts.get(index)?.contiguous();
        let (query, key, value) = (part(0)?, part(1)?, part(2)?);
        let query = (query * (head_width as f64).powf(-0.5))?;
        let weights = softmax(&query.matmul(&key.t()?)?, self.arithmetic)?;
        let mixed = weights
            .matmul(&value)?
            .transpose(1, 2)?
            .reshape((batch, tokens, width))?;
        self.projection.forward(&mixed)
    }
}
