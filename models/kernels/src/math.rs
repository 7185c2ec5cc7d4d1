//! Functions of a vector of values.

use crate::machine::Simd;

/// `2^x` to 2 units in the last place for x from -126 to 126, clamped to these outside.
///
/// The whole part goes into the exponent; of the rest, from -0.5 to 0.5, a polynomial (coefficients
/// of Cephes' `exp2f`).
#[inline(always)]
pub(crate) fn exp2<S: Simd>(simd: S, x: S::V) -> S::V {
    let x = simd.max(x, simd.splat(-126.0));
    let x = simd.min(x, simd.splat(126.0));
    let whole = simd.round(x);
    let rest = simd.sub(x, whole);
    let mut p = simd.splat(1.535_336_2e-4);
    for coefficient in [
        1.339_887_4e-3,
        9.618_437e-3,
        5.550_332_6e-2,
        2.402_264_8e-1,
        6.931_472e-1,
        1.0,
    ] {
        p = simd.mul_add(p, rest, simd.splat(coefficient));
    }
    simd.times_power_of_two(p, whole)
}

/// The exact GELU (Hendrycks and Gimpel 2016), with the error function of Abramowitz and Stegun
/// 1964, 7.1.26: an absolute error of 1.5e-7 of it.
#[inline(always)]
pub(crate) fn gelu<S: Simd>(simd: S, x: S::V) -> S::V {
    const ROOT_HALF: f32 = std::f32::consts::FRAC_1_SQRT_2;
    // 2^(x^2 * this) is e^(-x^2 / 2).
    const EXPONENT: f32 = -0.5 * std::f32::consts::LOG2_E;
    let magnitude = simd.max(x, simd.sub(simd.splat(0.0), x));
    let one = simd.splat(1.0);
    let t = simd.mul_add(magnitude, simd.splat(0.327_591_1 * ROOT_HALF), one);
    let t = simd.reciprocal(t);
    let mut p = simd.splat(1.061_405_4);
    for coefficient in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        p = simd.mul_add(p, t, simd.splat(coefficient));
    }
    let tail = simd.mul(
        simd.mul(p, t),
        exp2(simd, simd.mul(simd.mul(x, x), simd.splat(EXPONENT))),
    );
    let erf = simd.signed(simd.sub(one, tail), x);
    let half = simd.mul(x, simd.splat(0.5));
    simd.mul_add(half, erf, half)
}

/// `x * sigmoid(1.702 x)`, OpenAI's approximation of the GELU.
#[inline(always)]
pub(crate) fn quick_gelu<S: Simd>(simd: S, x: S::V) -> S::V {
    times_sigmoid(simd, x, 1.702)
}

/// `x * sigmoid(x)`.
#[inline(always)]
pub(crate) fn silu<S: Simd>(simd: S, x: S::V) -> S::V {
    times_sigmoid(simd, x, 1.0)
}

/// `tanh(a) * sigmoid(b)`, the gate of attention MIL (Ilse et al. 2018, eq. 9).
#[inline(always)]
pub(crate) fn attention_gate<S: Simd>(simd: S, a: S::V, b: S::V) -> S::V {
    let one = simd.splat(1.0);
    let doubled = simd.mul(simd.splat(2.0), sigmoid(simd, a, 2.0));
    simd.mul(simd.sub(doubled, one), sigmoid(simd, b, 1.0))
}

#[inline(always)]
fn times_sigmoid<S: Simd>(simd: S, x: S::V, factor: f32) -> S::V {
    simd.mul(x, sigmoid(simd, x, factor))
}

/// `1 / (1 + e^(-factor x))`.
#[inline(always)]
fn sigmoid<S: Simd>(simd: S, x: S::V, factor: f32) -> S::V {
    let exponent = simd.mul(x, simd.splat(-factor * std::f32::consts::LOG2_E));
    // Beyond this the sigmoid is 0 in f32, and a reciprocal would lose its precision.
    let exponent = simd.min(exponent, simd.splat(60.0));
    let below = simd.add(exp2(simd, exponent), simd.splat(1.0));
    simd.reciprocal(below)
}
