//! Loops over long rows, which compilers turn into what the processor has.

/// Values that a dot product works on at once.
const LANES: usize = 32;

/// Adds `factor` times `row` to `out`. Zeros are frequent, for ReLU and dropout leave them.
#[inline(always)]
pub(crate) fn add_scaled(out: &mut [f32], factor: f32, row: &[f32]) {
    if factor == 0.0 {
        return;
    }
    for (out, value) in out.iter_mut().zip(row) {
        *out = factor.mul_add(*value, *out);
    }
}

/// Of vectors whose length is a multiple of the lanes.
#[inline(always)]
pub(crate) fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let (left, right) = (left.chunks_exact(LANES), right.chunks_exact(LANES));
    for (left, right) in left.zip(right) {
        for ((sum, a), b) in sums.iter_mut().zip(left).zip(right) {
            *sum = a.mul_add(*b, *sum);
        }
    }
    // Halved again and again: one after the other, each sum would wait for the one before.
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0]
}
