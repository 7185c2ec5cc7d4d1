use candle_core::{Result, Tensor};
use parameters::{Parameters, ParametersError};

use super::linear::product;
use crate::Architecture;
use crate::fused::add_rows;

/// The convolution whose stride is its kernel, as one matrix product over cut-out patches.
#[derive(Debug)]
pub(super) struct PatchEmbedding {
    /// Shape (width, channels * rows * columns).
    kernel: Tensor,
    bias: Option<Tensor>,
}

impl PatchEmbedding {
    pub(super) fn new(
        architecture: &Architecture,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        let shape = (architecture.width, architecture.patch_values());
        let bias = architecture
            .has_patch_bias()
            .then(|| parameters.get("patch_embed.proj.bias"));
        Ok(Self {
            kernel: parameters.get("patch_embed.proj.weight")?.reshape(shape)?,
            bias: bias.transpose()?,
        })
    }

    /// Patches (batch, patches, channels * rows * columns) to tokens (batch, patches, width).
    pub(super) fn forward(&self, patches: &Tensor) -> Result<Tensor> {
        let tokens = product(patches, &self.kernel)?;
        match &self.bias {
            Some(bias) => add_rows(&tokens, bias),
            None => Ok(tokens),
        }
    }
}
