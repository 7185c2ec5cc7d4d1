use candle_core::{Result, Tensor};
use parameters::{Parameters, ParametersError};

use super::operations::Operations;

/// Layer normalisation over the last dimension.
#[derive(Debug)]
pub(crate) struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
    eps: f64,
    operations: Operations,
}

impl LayerNorm {
    pub(crate) fn new(
        operations: Operations,
        parameters: &Parameters,
        name: &str,
        eps: f64,
    ) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            weight: parameters.get(&format!("{name}.weight"))?,
            bias: parameters.get(&format!("{name}.bias"))?,
            eps,
            operations,
        })
    }

    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.operations
            .layer_norm(x, &self.weight, &self.bias, self.eps)
    }
}
