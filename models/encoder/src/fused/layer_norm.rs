use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

use super::rows::{read, result, shaped_like, values};
use super::vector::{sum, sum_of_two, vectorised};

/// Layer normalisation of the last dimension of `x`, then `* weight + bias` (Ba et al. 2016).
pub(crate) fn layer_norm(x: &Tensor, weight: &Tensor, bias: &Tensor, eps: f64) -> Result<Tensor> {
    x.contiguous()?
        .apply_op3(weight, bias, LayerNorm { eps: eps as f32 })
}

struct LayerNorm {
    eps: f32,
}

impl CustomOp3 for LayerNorm {
    fn name(&self) -> &'static str {
        "encoder-layer-norm"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let x = values(x, x_layout)?;
        let weight = values(weight, weight_layout)?;
        let bias = values(bias, bias_layout)?;
        let mut out = vec![0.0; x.len()];
        vectorised(|| {
            let rows = x.chunks_exact(weight.len());
            for (row, out) in rows.zip(out.chunks_exact_mut(weight.len())) {
                let (mean, scale) = self.moments(row);
                for (((out, x), weight), bias) in out.iter_mut().zip(row).zip(weight).zip(bias) {
                    *out = (x - mean) * scale * weight + bias;
                }
            }
        });
        Ok(result(out, x_layout.shape()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let [of_x, of_weight, of_bias] = read([x, weight, gradient], |slices| {
            vectorised(|| self.gradients(slices))
        })?;
        Ok((
            Some(shaped_like(of_x, x)?),
            Some(shaped_like(of_weight, weight)?),
            Some(shaped_like(of_bias, bias)?),
        ))
    }
}

impl LayerNorm {
    /// Mean, and one over the standard deviation.
    #[inline(always)]
    fn moments(&self, row: &[f32]) -> (f32, f32) {
        let n = row.len() as f32;
        let mean = sum(row, |x| x) / n;
        let variance = sum(row, |x| (x - mean) * (x - mean)) / n;
        (mean, 1.0 / (variance + self.eps).sqrt())
    }

    /// Gradients of x, weight and bias.
    #[inline(always)]
    fn gradients(&self, [x, weight, gradient]: [&[f32]; 3]) -> [Vec<f32>; 3] {
        let width = weight.len();
        let mut of_x = vec![0.0; x.len()];
        let (mut of_weight, mut of_bias) = (vec![0.0; width], vec![0.0; width]);
        let mut weighted = vec![0.0; width];
        let rows = x.chunks_exact(width).zip(gradient.chunks_exact(width));
        for ((row, gradient), of_x) in rows.zip(of_x.chunks_exact_mut(width)) {
            let (mean, scale) = self.moments(row);
            for at in 0..width {
                let normalised = (row[at] - mean) * scale;
                of_weight[at] += gradient[at] * normalised;
                of_bias[at] += gradient[at];
                weighted[at] = gradient[at] * weight[at];
                of_x[at] = normalised;
            }
            let n = width as f32;
            let mean_gradient = sum(&weighted, |g| g) / n;
            let along = sum_of_two(&weighted, of_x, |g, x| g * x) / n;
            for (of_x, weighted) in of_x.iter_mut().zip(&weighted) {
                *of_x = scale * (weighted - mean_gradient - *of_x * along);
            }
        }
        [of_x, of_weight, of_bias]
    }
}
