use candle_core::{DType, Result, Tensor};
use parameters::{Parameters, ParametersError};

use super::linear::product;
use super::operations::Operations;
use crate::Architecture;

/// The convolution whose stride is its kernel, as one matrix product over cut-out patches.
#[derive(Debug)]
pub(super) struct PatchEmbedding {
    /// Shape (width, channels * rows * columns).
    kernel: Tensor,
    bias: Option<Tensor>,
    operations: Operations,
}

impl PatchEmbedding {
    pub(super) fn new(
        operations: Operations,
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
            operations,
        })
    }

    /// Patches (batch, patches, channels * rows * columns) to tokens (batch, patches, width), which
    /// are f32 whatever the patches are multiplied in.
    pub(super) fn forward(&self, patches: &Tensor) -> Result<Tensor> {
        let tokens = product(patches, &self.kernel)?.to_dtype(DType::F32)?;
        match &self.bias {
            Some(bias) => self.operations.add_rows(&tokens, bias),
            None => Ok(tokens),
        }
    }
}
