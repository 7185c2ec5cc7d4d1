//! The transformer's element-wise work in candle's own operations: on every device and in every
//! precision, without gradients.
//!
//! `fused` has the same for training on the CPU. Where the precisions of two arguments differ, the
//! result has that of the first.

use candle_core::{D, DType, Result, Tensor};
use candle_nn::ops;

/// Layer normalisation of the last dimension of `x`, then `* weight + bias` (Ba et al. 2016).
pub(crate) fn layer_norm(x: &Tensor, weight: &Tensor, bias: &Tensor, eps: f64) -> Result<Tensor> {
    ops::layer_norm(&x.contiguous()?, weight, bias, eps as f32)
}

/// Softmax of `scale * x` over the last dimension.
pub(crate) fn scaled_softmax(x: &Tensor, scale: f64) -> Result<Tensor> {
    // Where the scale is in the weights already, a pass over all products is saved.
    let x = if scale == 1.0 {
        x.clone()
    } else {
        (x * scale)?
    };
    let x = x.contiguous()?;
    if x.device().is_cpu() {
        // There candle sums in the precision of `x`, which for bf16 and hundreds of tokens is too
        // little; on GPUs it sums in f32.
        let exact = ops::softmax_last_dim(&x.to_dtype(DType::F32)?)?;
        return exact.to_dtype(x.dtype());
    }
    ops::softmax_last_dim(&x)
}

/// The exact GELU of `x + bias` (Hendrycks and Gimpel 2016).
pub(crate) fn bias_gelu(x: &Tensor, bias: &Tensor) -> Result<Tensor> {
    add_rows(x, bias)?.gelu_erf()
}

/// OpenAI's approximate GELU of `x + bias`: `x * sigmoid(1.702 x)`.
pub(crate) fn bias_quick_gelu(x: &Tensor, bias: &Tensor) -> Result<Tensor> {
    let x = add_rows(x, bias)?;
    &x * ops::sigmoid(&(&x * 1.702)?)?
}

/// `silu(a) * b` where `x + bias` is `a` and `b` side by side: half the width (Shazeer 2020).
pub(crate) fn bias_swiglu(x: &Tensor, bias: &Tensor) -> Result<Tensor> {
    let x = add_rows(x, bias)?;
    let half = x.dim(D::Minus1)? / 2;
    x.narrow(D::Minus1, 0, half)?.silu()? * x.narrow(D::Minus1, half, half)?
}

/// Adds `row` to every stretch of its shape in `x`: a bias to every token, or positions to every
/// image.
pub(crate) fn add_rows(x: &Tensor, row: &Tensor) -> Result<Tensor> {
    x.broadcast_add(&row.to_dtype(x.dtype())?)
}

/// `x + (branch + bias) * scale`: the end of a block's branch.
pub(crate) fn residual(
    x: &Tensor,
    branch: &Tensor,
    bias: &Tensor,
    scale: Option<&Tensor>,
) -> Result<Tensor> {
    let branch = add_rows(&branch.to_dtype(x.dtype())?, bias)?;
    match scale {
        None => x + branch,
        Some(scale) => x + branch.broadcast_mul(&scale.to_dtype(x.dtype())?)?,
    }
}

/// Adds the bias to packed query, key and value and gives each head its own rows:
/// (batch, tokens, 3 * width) to (3, batch, heads, tokens, width / heads).
pub(crate) fn split_heads(packed: &Tensor, bias: &Tensor, heads: usize) -> Result<Tensor> {
    let (batch, tokens, packed_width) = packed.dims3()?;
    let head_width = packed_width / 3 / heads;
    add_rows(packed, bias)?
        .reshape((batch, tokens, 3, heads, head_width))?
        .permute((2, 0, 3, 1, 4))?
        .contiguous()
}
