use candle_core::{Result, Tensor};
use parameters::{Parameters, ParametersError};

use crate::fused::layer_norm;

/// Layer normalisation over the last dimension.
#[derive(Debug)]
pub(crate) struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
    eps: f64,
}

impl LayerNorm {
    pub(crate) fn new(
        parameters: &Parameters,
        name: &str,
        eps: f64,
    ) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            weight: parameters.get(&format!("{name}.weight"))?,
            bias: parameters.get(&format!("{name}.bias"))?,
            eps,
        })
    }

    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        layer_norm(x, &self.weight, &self.bias, self.eps)
    }
}
