use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};

use super::rows::{read, result, shaped_like, values};
use super::vector::vectorised;

/// Adds `row` to every stretch of its length in `x`: a bias to every token, or positions to every
/// image.
pub(crate) fn add_rows(x: &Tensor, row: &Tensor) -> Result<Tensor> {
    x.contiguous()?.apply_op2(&row.contiguous()?, AddRows)
}

struct AddRows;

impl CustomOp2 for AddRows {
    fn name(&self) -> &'static str {
        "encoder-add-rows"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        row: &CpuStorage,
        row_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, row) = (values(x, x_layout)?, values(row, row_layout)?);
        let mut out = x.to_vec();
        vectorised(|| {
            for out in out.chunks_exact_mut(row.len()) {
                add(out, row);
            }
        });
        Ok(result(out, x_layout.shape()))
    }

    fn bwd(
        &self,
        _: &Tensor,
        row: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let of_row = read([gradient], |[gradient]| {
            column_sums(gradient, row.elem_count())
        })?;
        Ok((Some(gradient.clone()), Some(shaped_like(of_row, row)?)))
    }
}

/// The sum of all stretches of `width` values.
pub(super) fn column_sums(values: &[f32], width: usize) -> Vec<f32> {
    let mut sums = vec![0.0; width];
    vectorised(|| {
        for row in values.chunks_exact(width) {
            add(&mut sums, row);
        }
    });
    sums
}

#[inline(always)]
fn add(to: &mut [f32], row: &[f32]) {
    for (to, value) in to.iter_mut().zip(row) {
        *to += value;
    }
}
