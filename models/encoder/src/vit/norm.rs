use candle_core::{D, Result, Tensor};
use parameters::{Parameters, ParametersError};

use super::Arithmetic;

/// Layer normalisation over the last dimension (Ba et al. 2016).
#[derive(Debug)]
pub(super) struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
    eps: f64,
    arithmetic: Arithmetic,
}

impl LayerNorm {
    pub(super) fn new(
        parameters: &Parameters,
        name: &str,
        eps: f64,
        arithmetic: Arithmetic,
    ) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            weight: parameters.get(&format!("{name}.weight"))?,
            bias: parameters.get(&format!("{name}.bias"))?,
            eps,
            arithmetic,
        })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        match self.arithmetic {
            Arithmetic::Fused => {
                let x = x.contiguous()?;
                candle_nn::ops::layer_norm(&x, &self.weight, &self.bias, self.eps as f32)
            }
            Arithmetic::Differentiable => {
                let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
                let variance = centred.sqr()?.mean_keepdim(D::Minus1)?;
                centred
                    .broadcast_div(&(variance + self.eps)?.sqrt()?)?
                    .broadcast_mul(&self.weight)?
                    .broadcast_add(&self.bias)
            }
        }
    }
}

/// Softmax over the last dimension.
pub(super) fn softmax(x: &Tensor, arithmetic: Arithmetic) -> Result<Tensor> {
    match arithmetic {
        Arithmetic::Fused => candle_nn::ops::softmax_last_dim(&x.contiguous()?),
        Arithmetic::Differentiable => candle_nn::ops::softmax(x, D::Minus1),
    }
}
