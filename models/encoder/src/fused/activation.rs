use std::marker::PhantomData;

use candle_core::{CpuStorage, CustomOp2, D, Layout, Result, Shape, Tensor};

use super::add_rows::column_sums;
use super::rows::{read, result, shaped_like, values};
use super::vector::{erf, exp, sigmoid, vectorised};

/// The exact GELU of `x + bias` (Hendrycks and Gimpel 2016).
pub(crate) fn bias_gelu(x: &Tensor, bias: &Tensor) -> Result<Tensor> {
    activated::<Each<Gelu>>(x, bias)
}

/// OpenAI's approximate GELU of `x + bias`: `x * sigmoid(1.702 x)`.
pub(crate) fn bias_quick_gelu(x: &Tensor, bias: &Tensor) -> Result<Tensor> {
    activated::<Each<QuickGelu>>(x, bias)
}

/// `silu(a) * b` where `x + bias` is `a` and `b` side by side: half the width (Shazeer 2020).
pub(crate) fn bias_swiglu(x: &Tensor, bias: &Tensor) -> Result<Tensor> {
    activated::<Swiglu>(x, bias)
}

/// What becomes of a row of `x + bias`.
trait Activation: Send + Sync {
    const NAME: &'static str;
    /// Inputs that make one output.
    const INPUTS: usize;

    fn row(x: &[f32], bias: &[f32], out: &mut [f32]);

    /// The gradient of `x` from that of the outputs.
    fn slope(x: &[f32], bias: &[f32], gradient: &[f32], of_x: &mut [f32]);
}

fn activated<A: Activation + 'static>(x: &Tensor, bias: &Tensor) -> Result<Tensor> {
    x.contiguous()?.apply_op2(bias, Activated::<A>(PhantomData))
}

struct Activated<A>(PhantomData<A>);

impl<A: Activation> CustomOp2 for Activated<A> {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, bias) = (values(x, x_layout)?, values(bias, bias_layout)?);
        let width = bias.len() / A::INPUTS;
        let mut out = vec![0.0; x.len() / A::INPUTS];
        vectorised(|| {
            for (row, out) in x.chunks_exact(bias.len()).zip(out.chunks_exact_mut(width)) {
                A::row(row, bias, out);
            }
        });
        let mut dims = x_layout.dims().to_vec();
        if let Some(last) = dims.last_mut() {
            *last = width;
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
        let of_x = read([x, bias, gradient], |[x, bias, gradient]| {
            let width = bias.len() / A::INPUTS;
            let mut of_x = vec![0.0; x.len()];
            vectorised(|| {
                let rows = x.chunks_exact(bias.len()).zip(gradient.chunks_exact(width));
                for ((row, gradient), of_x) in rows.zip(of_x.chunks_exact_mut(bias.len())) {
                    A::slope(row, bias, gradient, of_x);
                }
            });
            of_x
        })?;
        // What is added to every row has the sum of the rows' gradients.
        let of_bias = column_sums(&of_x, x.dim(D::Minus1)?);
        Ok((
            Some(shaped_like(of_x, x)?),
            Some(shaped_like(of_bias, bias)?),
        ))
    }
}

/// An activation of each value by itself.
trait Pointwise: Send + Sync {
    const NAME: &'static str;

    fn value(x: f32) -> f32;

    fn slope(x: f32) -> f32;
}

/// A pointwise activation as one of rows.
struct Each<P>(PhantomData<P>);

impl<P: Pointwise> Activation for Each<P> {
    const NAME: &'static str = P::NAME;
    const INPUTS: usize = 1;

    #[inline(always)]
    fn row(x: &[f32], bias: &[f32], out: &mut [f32]) {
        for ((out, x), bias) in out.iter_mut().zip(x).zip(bias) {
            *out = P::value(x + bias);
        }
    }

    #[inline(always)]
    fn slope(x: &[f32], bias: &[f32], gradient: &[f32], of_x: &mut [f32]) {
        for (((of_x, x), bias), gradient) in of_x.iter_mut().zip(x).zip(bias).zip(gradient) {
            *of_x = gradient * P::slope(x + bias);
        }
    }
}

struct Gelu;

impl Pointwise for Gelu {
    const NAME: &'static str = "encoder-bias-gelu";

    #[inline(always)]
    fn value(x: f32) -> f32 {
        x * normal_below(x)
    }

    #[inline(always)]
    fn slope(x: f32) -> f32 {
        const INVERSE_ROOT_TWO_PI: f32 = 0.398_942_3;
        normal_below(x) + x * INVERSE_ROOT_TWO_PI * exp(-0.5 * x * x)
    }
}

/// Share of the standard normal distribution below `x`.
#[inline(always)]
fn normal_below(x: f32) -> f32 {
    0.5 * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

struct QuickGelu;

const QUICK: f32 = 1.702;

impl Pointwise for QuickGelu {
    const NAME: &'static str = "encoder-bias-quick-gelu";

    #[inline(always)]
    fn value(x: f32) -> f32 {
        x * sigmoid(QUICK * x)
    }

    #[inline(always)]
    fn slope(x: f32) -> f32 {
        let gate = sigmoid(QUICK * x);
        gate * (1.0 + QUICK * x * (1.0 - gate))
    }
}

struct Swiglu;

impl Activation for Swiglu {
    const NAME: &'static str = "encoder-bias-swiglu";
    const INPUTS: usize = 2;

    #[inline(always)]
    fn row(x: &[f32], bias: &[f32], out: &mut [f32]) {
        let half = out.len();
        for at in 0..half {
            let (a, b) = (x[at] + bias[at], x[half + at] + bias[half + at]);
            out[at] = a * sigmoid(a) * b;
        }
    }

    #[inline(always)]
    fn slope(x: &[f32], bias: &[f32], gradient: &[f32], of_x: &mut [f32]) {
        let half = gradient.len();
        for at in 0..half {
            let (a, b) = (x[at] + bias[at], x[half + at] + bias[half + at]);
            let gate = sigmoid(a);
            of_x[at] = gradient[at] * b * gate * (1.0 + a * (1.0 - gate));
            of_x[half + at] = gradient[at] * a * gate;
        }
    }
}
