use candle_core::{Result, Tensor};

/// Rows made at once: few enough that the sum stays in the cache from tap to tap.
const BLOCK: usize = 2048;

/// `out_i = sum_t rows[i + offsets_t] * weights_t`, a depthwise convolution whose taps lie a fixed
/// number of rows apart.
///
/// Rows (at least n_out + the largest offset, width), weights (taps, width), result (n_out, width).
/// Every tap reads rows that lie one after another, which is what makes this quick without a kernel
/// of its own.
pub(super) fn shifted_sum(
    rows: &Tensor,
    weights: &Tensor,
    offsets: &[usize],
    n_out: usize,
) -> Result<Tensor> {
    let block = |start: usize| {
        let n_rows = BLOCK.min(n_out - start);
        let zeros = rows.narrow(0, start, n_rows)?.zeros_like()?;
        let tap = |(tap, &offset): (usize, &usize)| {
            let weight = weights.narrow(0, tap, 1)?;
            let shifted = rows.narrow(0, start + offset, n_rows)?;
            shifted.broadcast_mul(&weight)
        };
        let mut taps = offsets.iter().enumerate().map(tap);
        taps.try_fold(zeros, |sum, tap| sum + tap?)
    };
    let blocks = (0..n_out).step_by(BLOCK).map(block);
    Tensor::cat(&blocks.collect::<Result<Vec<_>>>()?, 0)
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn blocks_meet_without_a_seam() -> Result<()> {
        let n_out = 2 * BLOCK + 5;
        let rows = Tensor::arange(0_f32, (n_out + 3) as f32, &Device::Cpu)?.unsqueeze(1)?;
        let weights = Tensor::new(&[[1.0_f32], [-2.0]], &Device::Cpu)?;
        let sums = shifted_sum(&rows, &weights, &[0, 3], n_out)?;
        for (at, sum) in sums.squeeze(1)?.to_vec1::<f32>()?.iter().enumerate() {
            assert_eq!(*sum, -(at as f32) - 6.0);
        }
        Ok(())
    }
}
