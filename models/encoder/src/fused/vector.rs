//! Arithmetic that the compiler turns into vector instructions.

/// Values summed side by side.
const WIDTH: usize = 16;

/// Runs `work` compiled for the widest vector instructions of this processor.
pub(super) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

/// The sum of `term` over a row, in `WIDTH` separate sums: floating-point addition has an order,
/// which only the programmer may change.
#[inline(always)]
pub(super) fn sum(row: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let mut sums = [0.0; WIDTH];
    let (chunks, rest) = row.as_chunks::<WIDTH>();
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += term(*value);
        }
    }
    let rest: f32 = rest.iter().map(|value| term(*value)).sum();
    sums.iter().sum::<f32>() + rest
}

/// The sum of `term` over two rows of one length.
#[inline(always)]
pub(super) fn sum_of_two(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let mut sums = [0.0; WIDTH];
    let (chunks_a, rest_a) = a.as_chunks::<WIDTH>();
    let (chunks_b, rest_b) = b.as_chunks::<WIDTH>();
    for (chunk_a, chunk_b) in chunks_a.iter().zip(chunks_b) {
        for ((sum, a), b) in sums.iter_mut().zip(chunk_a).zip(chunk_b) {
            *sum += term(*a, *b);
        }
    }
    let rest: f32 = rest_a.iter().zip(rest_b).map(|(a, b)| term(*a, *b)).sum();
    sums.iter().sum::<f32>() + rest
}

#[inline(always)]
pub(super) fn max(row: &[f32]) -> f32 {
    let mut highest = [f32::NEG_INFINITY; WIDTH];
    let (chunks, rest) = row.as_chunks::<WIDTH>();
    for chunk in chunks {
        for (highest, value) in highest.iter_mut().zip(chunk) {
            *highest = if *value > *highest { *value } else { *highest };
        }
    }
    highest
        .iter()
        .chain(rest)
        .copied()
        .fold(f32::NEG_INFINITY, f32::max)
}

/// `e^x` to 2 units in the last place for x from -87 to 88, clamped to these outside.
///
/// 2^n is put into the exponent bits, e^r of the rest |r| <= ln(2)/2 is a polynomial (coefficients
/// of Cephes' `expf`).
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // Adding 1.5 * 2^23 rounds to a whole number, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * LN_2_HIGH - n * LN_2_LOW;
    let mut p = 1.987_569_1e-4;
    for coefficient in [
        1.398_2e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ] {
        p = p * r + coefficient;
    }
    let fraction = p * r * r + r + 1.0;
    f32::from_bits(fraction.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// The error function to 2e-7 (Abramowitz and Stegun 1964, 7.1.26).
#[inline(always)]
pub(super) fn erf(x: f32) -> f32 {
    let magnitude = x.abs();
    let t = 1.0 / (1.0 + 0.327_591_1 * magnitude);
    let mut p = 1.061_405_4;
    for coefficient in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        p = p * t + coefficient;
    }
    (1.0 - p * t * exp(-magnitude * magnitude)).copysign(x)
}

#[inline(always)]
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_close_everywhere() {
        for step in -8700..8800 {
            let x = step as f32 / 100.0;
            let expected = f64::from(x).exp();
            let error = (f64::from(exp(x)) - expected).abs() / expected;
            assert!(error < 3e-7, "{x}: {error}");
        }
        assert!(exp(-1e9) < 1e-37 && exp(1e9).is_finite());
        assert_eq!(exp(0.0), 1.0);
    }

    /// Values of the error function from Abramowitz and Stegun, table 7.1.
    #[test]
    fn erf_is_that_of_the_tables() {
        let table = [
            (0.0, 0.0),
            (0.1, 0.112_462_9),
            (0.5, 0.520_499_9),
            (1.0, 0.842_700_8),
        ];
        for (x, expected) in table
            .into_iter()
            .chain([(1.5, 0.966_105_1), (2.0, 0.995_322_3)])
        {
            assert!((erf(x) - expected).abs() < 3e-7, "{x}");
            assert!((erf(-x) + expected).abs() < 3e-7, "-{x}");
        }
        assert!((erf(30.0) - 1.0).abs() < 1e-7);
    }

    #[test]
    fn sums_and_maxima_take_every_value() {
        let row: Vec<f32> = (1..=37).map(|value| value as f32).collect();
        assert_eq!(sum(&row, |value| value), 703.0);
        assert_eq!(sum_of_two(&row, &row, |a, b| a * b), 17575.0);
        assert_eq!(max(&row), 37.0);
        assert_eq!(max(&[-3.0, -2.0]), -2.0);
        assert_eq!(vectorised(|| sum(&row, |value| 2.0 * value)), 1406.0);
    }
}
