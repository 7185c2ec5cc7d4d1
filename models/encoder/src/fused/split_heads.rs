use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};

use super::add_rows::column_sums;
use super::rows::{read, result, shaped_like, values};

/// Adds the bias to packed query, key and value and gives each head its own rows:
/// (batch, tokens, 3 * width) to (3, batch, heads, tokens, width / heads).
pub(crate) fn split_heads(packed: &Tensor, bias: &Tensor, heads: usize) -> Result<Tensor> {
    let (batch, tokens, packed_width) = packed.dims3()?;
    let split = SplitHeads {
        batch,
        tokens,
        heads,
        head_width: packed_width / 3 / heads,
    };
    packed.contiguous()?.apply_op2(bias, split)
}

struct SplitHeads {
    batch: usize,
    tokens: usize,
    heads: usize,
    head_width: usize,
}

impl CustomOp2 for SplitHeads {
    fn name(&self) -> &'static str {
        "encoder-split-heads"
    }

    fn cpu_fwd(
        &self,
        packed: &CpuStorage,
        packed_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let packed = values(packed, packed_layout)?;
        let bias = values(bias, bias_layout)?;
        let mut out = Vec::with_capacity(packed.len());
        self.for_each_row(|at, column| {
            let row = &packed[at..at + self.head_width];
            out.extend(
                row.iter()
                    .zip(&bias[column..])
                    .map(|(value, bias)| value + bias),
            );
        });
        let shape = (3, self.batch, self.heads, self.tokens, self.head_width);
        Ok(result(out, &Shape::from(shape)))
    }

    fn bwd(
        &self,
        packed: &Tensor,
        bias: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let of_packed = read([gradient], |[gradient]| {
            let mut of_packed = vec![0.0; gradient.len()];
            let mut rows = gradient.chunks_exact(self.head_width);
            self.for_each_row(|at, _| {
                if let Some(row) = rows.next() {
                    of_packed[at..at + self.head_width].copy_from_slice(row);
                }
            });
            of_packed
        })?;
        let of_bias = column_sums(&of_packed, bias.elem_count());
        Ok((
            Some(shaped_like(of_packed, packed)?),
            Some(shaped_like(of_bias, bias)?),
        ))
    }
}

impl SplitHeads {
    /// Calls `visit` for every row of the result, in order, with its place in `packed` and its
    /// first column there.
    fn for_each_row(&self, mut visit: impl FnMut(usize, usize)) {
        let packed_width = 3 * self.heads * self.head_width;
        for part in 0..3 {
            for image in 0..self.batch {
                for head in 0..self.heads {
                    let column = (part * self.heads + head) * self.head_width;
                    for token in 0..self.tokens {
                        visit(
                            (image * self.tokens + token) * packed_width + column,
                            column,
                        );
                    }
                }
            }
        }
    }
}
