use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Parameters, ParametersError};

use crate::Architecture;

/// The convolution whose stride is its kernel, as one matrix product over cut-out patches.
#[derive(Debug)]
pub(super) struct PatchEmbedding {
    projection: Linear,
}

impl PatchEmbedding {
    pub(super) fn new(
        architecture: &Architecture,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        let shape = (architecture.width, architecture.patch_values());
        let kernel = parameters.get("patch_embed.proj.weight")?.reshape(shape)?;
        let bias = architecture
            .has_patch_bias()
            .then(|| parameters.get("patch_embed.proj.bias"));
        Ok(Self {
            projection: Linear::new(kernel, bias.transpose()?),
        })
    }

    /// Patches (batch, patches, channels * rows * columns) to tokens (batch, patches, width).
    pub(super) fn forward(&self, patches: &Tensor) -> Result<Tensor> {
        self.projection.forward(patches)
    }
}
