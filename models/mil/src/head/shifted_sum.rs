use candle_core::{Result, Tensor};

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
    let tap = |(tap, &offset): (usize, &usize)| {
        let weight = weights.narrow(0, tap, 1)?;
        rows.narrow(0, offset, n_out)?.broadcast_mul(&weight)
    };
    let zeros = rows.narrow(0, 0, n_out)?.zeros_like()?;
    let mut taps = offsets.iter().enumerate().map(tap);
    taps.try_fold(zeros, |sum, tap| sum + tap?)
}
