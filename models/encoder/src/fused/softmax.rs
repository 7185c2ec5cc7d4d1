use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

use super::rows::{read, result, shaped_like, values};
use super::vector::{exp, max, sum, sum_of_two, vectorised};

/// Softmax of `scale * x` over the last dimension; `scale` is above 0.
pub(crate) fn scaled_softmax(x: &Tensor, scale: f64) -> Result<Tensor> {
    let width = x.dim(candle_core::D::Minus1)?;
    let scale = scale as f32;
    x.contiguous()?.apply_op1(ScaledSoftmax { width, scale })
}

struct ScaledSoftmax {
    width: usize,
    scale: f32,
}

impl CustomOp1 for ScaledSoftmax {
    fn name(&self) -> &'static str {
        "encoder-scaled-softmax"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = values(x, layout)?;
        let mut out = vec![0.0; x.len()];
        vectorised(|| {
            let rows = x.chunks_exact(self.width);
            for (row, out) in rows.zip(out.chunks_exact_mut(self.width)) {
                let highest = max(row);
                for (out, x) in out.iter_mut().zip(row) {
                    *out = exp(self.scale * (x - highest));
                }
                let share = 1.0 / sum(out, |value| value);
                for out in out {
                    *out *= share;
                }
            }
        });
        Ok(result(out, layout.shape()))
    }

    fn bwd(&self, x: &Tensor, out: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let of_x = read([out, gradient], |slices| {
            vectorised(|| self.gradient(slices))
        })?;
        Ok(Some(shaped_like(of_x, x)?))
    }
}

impl ScaledSoftmax {
    #[inline(always)]
    fn gradient(&self, [out, gradient]: [&[f32]; 2]) -> Vec<f32> {
        let mut of_x = vec![0.0; out.len()];
        let rows = out
            .chunks_exact(self.width)
            .zip(gradient.chunks_exact(self.width));
        for ((out, gradient), of_x) in rows.zip(of_x.chunks_exact_mut(self.width)) {
            let mean = sum_of_two(out, gradient, |out, gradient| out * gradient);
            for ((of_x, out), gradient) in of_x.iter_mut().zip(out).zip(gradient) {
                *of_x = self.scale * out * (gradient - mean);
            }
        }
        of_x
    }
}
