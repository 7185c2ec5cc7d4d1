use candle_core::{CpuStorage, CustomOp2, D, Layout, Result, Shape, Tensor};

use super::add_rows::column_sums;
use super::rows::{read, result, shaped_like, values};
use super::vector::{erf, exp, sigmoid, vectorised};

/// The exact GELU of `x + bias` (Hendrycks and Gimpel 2016).
pub(crate) fn bias_gelu(x: &Tensor, bias: &Tensor) -> Result<Tensor> {
    x.contiguous()?.apply_op2(bias, BiasGelu)
}

/// `silu(a) * b` where `x + bias` is `a` and `b` side by side: half the width (Shazeer 2020).
pub(crate) fn bias_swiglu(x: &Tensor, bias: &Tensor) -> Result<Tensor> {
    x.contiguous()?.apply_op2(bias, BiasSwiglu)
}

struct BiasGelu;

impl CustomOp2 for BiasGelu {
    fn name(&self) -> &'static str {
        "encoder-bias-gelu"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, bias) = (values(x, x_layout)?, values(bias, bias_layout)?);
        let mut out = vec![0.0; x.len()];
        vectorised(|| {
            let rows = x
                .chunks_exact(bias.len())
                .zip(out.chunks_exact_mut(bias.len()));
            for (row, out) in rows {
                for ((out, x), bias) in out.iter_mut().zip(row).zip(bias) {
                    let x = x + bias;
                    *out = x * normal_below(x);
                }
            }
        });
        Ok(result(out, x_layout.shape()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        bias: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let of_x = read([x, bias, gradient], |[x, bias, gradient]| {
            let mut of_x = gradient.to_vec();
            vectorised(|| {
                let rows = x
                    .chunks_exact(bias.len())
                    .zip(of_x.chunks_exact_mut(bias.len()));
                for (row, of_x) in rows {
                    for ((of_x, x), bias) in of_x.iter_mut().zip(row).zip(bias) {
                        *of_x *= gelu_slope(x + bias);
                    }
                }
            });
            of_x
        })?;
        with_bias_gradient(of_x, x, bias)
    }
}

/// Share of the standard normal distribution below `x`.
#[inline(always)]
fn normal_below(x: f32) -> f32 {
    0.5 * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

#[inline(always)]
fn gelu_slope(x: f32) -> f32 {
    const INVERSE_ROOT_TWO_PI: f32 = 0.398_942_3;
    normal_below(x) + x * INVERSE_ROOT_TWO_PI * exp(-0.5 * x * x)
}

struct BiasSwiglu;

impl CustomOp2 for BiasSwiglu {
    fn name(&self) -> &'static str {
        "encoder-bias-swiglu"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, bias) = (values(x, x_layout)?, values(bias, bias_layout)?);
        let half = bias.len() / 2;
        let mut out = vec![0.0; x.len() / 2];
        vectorised(|| {
            for (row, out) in x.chunks_exact(bias.len()).zip(out.chunks_exact_mut(half)) {
                for at in 0..half {
                    let (a, b) = (row[at] + bias[at], row[half + at] + bias[half + at]);
                    out[at] = a * sigmoid(a) * b;
                }
            }
        });
        let mut dims = x_layout.dims().to_vec();
        if let Some(width) = dims.last_mut() {
            *width = half;
        }
        Ok(result(out, &Shape::from(dims)))
    }

    fn bwd(
        &self,
        x: &Tensor,
        bias: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let of_x = read([x, bias, gradient], |slices| {
            vectorised(|| swiglu_gradient(slices))
        })?;
        with_bias_gradient(of_x, x, bias)
    }
}

#[inline(always)]
fn swiglu_gradient([x, bias, gradient]: [&[f32]; 3]) -> Vec<f32> {
    let half = bias.len() / 2;
    let mut of_x = vec![0.0; x.len()];
    let rows = x.chunks_exact(bias.len()).zip(gradient.chunks_exact(half));
    for ((row, gradient), of_x) in rows.zip(of_x.chunks_exact_mut(bias.len())) {
        for at in 0..half {
            let (a, b) = (row[at] + bias[at], row[half + at] + bias[half + at]);
            let gate = sigmoid(a);
            of_x[at] = gradient[at] * b * gate * (1.0 + a * (1.0 - gate));
            of_x[half + at] = gradient[at] * a * gate;
        }
    }
    of_x
}

/// What is added to every row has the sum of the rows' gradients.
fn with_bias_gradient(
    of_x: Vec<f32>,
    x: &Tensor,
    bias: &Tensor,
) -> Result<(Option<Tensor>, Option<Tensor>)> {
    let of_bias = column_sums(&of_x, x.dim(D::Minus1)?);
    Ok((
        Some(shaped_like(of_x, x)?),
        Some(shaped_like(of_bias, bias)?),
    ))
}
