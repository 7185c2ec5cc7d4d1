use candle_core::{Result, Tensor};
use parameters::{Parameters, ParametersError};

use crate::fused::residual;

/// A linear layer whose bias is left to the fused operation that comes next.
#[derive(Debug)]
pub(super) struct Linear {
    /// Shape (outputs, inputs).
    weight: Tensor,
    pub(super) bias: Tensor,
}

impl Linear {
    pub(super) fn new(
        parameters: &Parameters,
        name: &str,
    ) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            weight: parameters.get(&format!("{name}.weight"))?,
            bias: parameters.get(&format!("{name}.bias"))?,
        })
    }

    /// (batch, tokens, inputs) to (batch, tokens, outputs), without the bias.
    pub(super) fn product(&self, x: &Tensor) -> Result<Tensor> {
        product(x, &self.weight)
    }
}

/// (batch, tokens, inputs) times (outputs, inputs) transposed, as one matrix product.
pub(super) fn product(x: &Tensor, weight: &Tensor) -> Result<Tensor> {
    let (batch, tokens, inputs) = x.dims3()?;
    x.reshape((batch * tokens, inputs))?
        .matmul(&weight.t()?)?
        .reshape((batch, tokens, ()))
}

/// The last layer of a block's branch, and LayerScale if there is one (Touvron et al. 2021).
#[derive(Debug)]
pub(super) struct BranchEnd {
    linear: Linear,
    /// All ones without LayerScale.
    scale: Tensor,
}

impl BranchEnd {
    pub(super) fn new(linear: Linear, layer_scale: Option<Tensor>) -> Result<Self> {
        let scale = match layer_scale {
            Some(scale) => scale,
            None => linear.bias.ones_like()?.detach(),
        };
        Ok(Self { linear, scale })
    }

    /// `x + scale * (hidden * weight + bias)`.
    pub(super) fn added_to(&self, x: &Tensor, hidden: &Tensor) -> Result<Tensor> {
        let affine = Tensor::stack(&[&self.linear.bias, &self.scale], 0)?;
        residual(x, &self.linear.product(hidden)?, &affine)
    }
}
