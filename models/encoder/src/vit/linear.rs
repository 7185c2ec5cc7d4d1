use candle_core::{Result, Tensor};
use parameters::{Parameters, ParametersError};

use super::operations::Operations;

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

/// (batch, tokens, inputs) times (outputs, inputs) transposed, as one matrix product in the precision
/// of the weights.
pub(super) fn product(x: &Tensor, weight: &Tensor) -> Result<Tensor> {
    let (batch, tokens, inputs) = x.dims3()?;
    x.to_dtype(weight.dtype())?
        .reshape((batch * tokens, inputs))?
        .matmul(&weight.t()?)?
        .reshape((batch, tokens, ()))
}

/// The last layer of a block's branch, and LayerScale if there is one (Touvron et al. 2021).
#[derive(Debug)]
pub(super) struct BranchEnd {
    pub(super) linear: Linear,
    pub(super) layer_scale: Option<Tensor>,
    pub(super) operations: Operations,
}

impl BranchEnd {
    /// `x + scale * (hidden * weight + bias)`.
    pub(super) fn added_to(&self, x: &Tensor, hidden: &Tensor) -> Result<Tensor> {
        let Linear { bias, .. } = &self.linear;
        let branch = self.linear.product(hidden)?;
        self.operations
            .residual(x, &branch, bias, self.layer_scale.as_ref())
    }
}
