//! Logistic functions, on tensors (differentiable) and on numbers.

use candle_core::{Result, Tensor};

/// 1 / (1 + exp(-x)), written with tanh so that it never overflows.
pub(crate) fn sigmoid(x: &Tensor) -> Result<Tensor> {
    (((x * 0.5)?.tanh()? + 1.0)? * 0.5)?.contiguous()
}

/// log(1 + exp(x)) without overflow.
pub(crate) fn softplus(x: &Tensor) -> Result<Tensor> {
    x.relu()? + (x.abs()?.neg()?.exp()? + 1.0)?.log()?
}

/// Binary cross-entropy of each logit against a target between 0 and 1.
pub(crate) fn binary_cross_entropy(logits: &Tensor, targets: &Tensor) -> Result<Tensor> {
    softplus(logits)? - (logits * targets)?
}

pub(crate) fn probability(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}
