use candle_core::{D, Result, Tensor};
use parameters::{Declaration, Parameters, ParametersError};

/// PyTorch's default.
const EPSILON: f64 = 1e-5;

/// Layer normalisation of the last dimension (Ba et al. 2016), from operations that all have a
/// gradient: candle's own has none.
#[derive(Debug)]
pub(super) struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
}

impl LayerNorm {
    pub(super) fn declarations(name: &str, width: usize) -> Vec<Declaration> {
        Declaration::layer_norm(name, width).to_vec()
    }

    pub(super) fn new(
        name: &str,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            weight: parameters.get(&format!("{name}.weight"))?,
            bias: parameters.get(&format!("{name}.bias"))?,
        })
    }

    /// Rows (n, width) to rows of the same shape.
    pub(super) fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        let centred = rows.broadcast_sub(&rows.mean_keepdim(D::Minus1)?)?;
        let variance = centred.sqr()?.mean_keepdim(D::Minus1)?;
        let normed = centred.broadcast_div(&(variance + EPSILON)?.sqrt()?)?;
        normed
            .broadcast_mul(&self.weight)?
            .broadcast_add(&self.bias)
    }
}
