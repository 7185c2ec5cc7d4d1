use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

use super::rows::{read, result, shaped_like, values};
use super::vector::vectorised;

/// `x + (branch + bias) * scale`: the end of a block's branch.
///
/// `x` and `branch` have one shape, bias and scale that of a row.
pub(crate) fn residual(
    x: &Tensor,
    branch: &Tensor,
    bias: &Tensor,
    scale: Option<&Tensor>,
) -> Result<Tensor> {
    let ones = || bias.ones_like().map(|ones| ones.detach());
    let scale = scale.map_or_else(ones, |scale| Ok(scale.clone()))?;
    let affine = Tensor::stack(&[bias, &scale], 0)?;
    let (x, branch) = (x.contiguous()?, branch.contiguous()?);
    x.apply_op3(&branch, &affine, Residual)
}

struct Residual;

impl CustomOp3 for Residual {
    fn name(&self) -> &'static str {
        "encoder-residual"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        branch: &CpuStorage,
        branch_layout: &Layout,
        affine: &CpuStorage,
        affine_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let branch = values(branch, branch_layout)?;
        let affine = values(affine, affine_layout)?;
        let (bias, scale) = affine.split_at(affine.len() / 2);
        let mut out = values(x, x_layout)?.to_vec();
        vectorised(|| {
            let rows = out.chunks_exact_mut(bias.len());
            for (out, branch) in rows.zip(branch.chunks_exact(bias.len())) {
                for (((out, branch), bias), scale) in
                    out.iter_mut().zip(branch).zip(bias).zip(scale)
                {
                    *out += (branch + bias) * scale;
                }
            }
        });
        Ok(result(out, x_layout.shape()))
    }

    fn bwd(
        &self,
        _: &Tensor,
        branch: &Tensor,
        affine: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (of_branch, of_affine) = read([branch, affine, gradient], |slices| {
            vectorised(|| gradients(slices))
        })?;
        Ok((
            Some(gradient.clone()),
            Some(shaped_like(of_branch, branch)?),
            Some(shaped_like(of_affine, affine)?),
        ))
    }
}

/// Gradients of the branch, and of bias and scale together.
#[inline(always)]
fn gradients([branch, affine, gradient]: [&[f32]; 3]) -> (Vec<f32>, Vec<f32>) {
    let width = affine.len() / 2;
    let (bias, scale) = affine.split_at(width);
    let mut of_branch = vec![0.0; branch.len()];
    let mut of_affine = vec![0.0; affine.len()];
    let (of_bias, of_scale) = of_affine.split_at_mut(width);
    let rows = branch.chunks_exact(width).zip(gradient.chunks_exact(width));
    for ((branch, gradient), of_branch) in rows.zip(of_branch.chunks_exact_mut(width)) {
        for at in 0..width {
            of_branch[at] = gradient[at] * scale[at];
            of_bias[at] += of_branch[at];
            of_scale[at] += gradient[at] * (branch[at] + bias[at]);
        }
    }
    (of_branch, of_affine)
}
