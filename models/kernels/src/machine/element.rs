use std::fmt::Debug;

use bytemuck::Pod;
use half::bf16;

use super::Simd;

/// A value as the operands of a product hold it: `f32`, or `bf16` summed in f32.
pub trait Element: Pod + Send + Sync + Debug + Stored {}

impl Element for f32 {}
impl Element for bf16 {}

/// How a value is stored.
pub trait Stored: Pod + Word {
    const ZERO: Self;

    /// The nearest value, ties to even.
    fn rounded(value: f32) -> Self;

    fn widened(self) -> f32;

    /// Stores `LANES` values, rounded.
    fn store<S: Simd>(simd: S, v: S::V, to: &mut [Self]);

    /// Writes values to every `PER_WORD`th place.
    fn interleave(values: &[Self], to: &mut [Self]);
}

/// What words of 4 bytes hold, and what the product of two of them is.
pub trait Word {
    /// Values in a word.
    const PER_WORD: usize;

    /// `a * b + c` for vectors of words; the values of a word are summed.
    fn product<S: Simd>(simd: S, a: S::V, b: S::V, c: S::V) -> S::V;
}

/// Four bytes a word: from the left without a sign, from the right with one. Their sums are whole
/// numbers of 32 bits in the place of f32.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bytes {}

impl Stored for f32 {
    const ZERO: Self = 0.0;

    #[inline(always)]
    fn rounded(value: f32) -> Self {
        value
    }

    #[inline(always)]
    fn widened(self) -> f32 {
        self
    }

    #[inline(always)]
    fn store<S: Simd>(simd: S, v: S::V, to: &mut [Self]) {
        simd.store(v, to);
    }

    #[inline(always)]
    fn interleave(values: &[Self], to: &mut [Self]) {
        to[..values.len()].copy_from_slice(values);
    }
}

impl Stored for bf16 {
    const ZERO: Self = Self::ZERO;

    #[inline(always)]
    fn rounded(value: f32) -> Self {
        Self::from_f32(value)
    }

    #[inline(always)]
    fn widened(self) -> f32 {
        self.to_f32()
    }

    #[inline(always)]
    fn store<S: Simd>(simd: S, v: S::V, to: &mut [Self]) {
        simd.store_bf16(v, bytemuck::cast_slice_mut(to));
    }

    #[inline(always)]
    fn interleave(values: &[Self], to: &mut [Self]) {
        let pairs = to.chunks_mut(2);
        for (pair, value) in pairs.zip(values) {
            pair[0] = *value;
        }
    }
}

impl Word for f32 {
    const PER_WORD: usize = 1;

    #[inline(always)]
    fn product<S: Simd>(simd: S, a: S::V, b: S::V, c: S::V) -> S::V {
        simd.mul_add(a, b, c)
    }
}

impl Word for bf16 {
    const PER_WORD: usize = 2;

    #[inline(always)]
    fn product<S: Simd>(simd: S, a: S::V, b: S::V, c: S::V) -> S::V {
        simd.dot_bf16(a, b, c)
    }
}

impl Word for Bytes {
    const PER_WORD: usize = 4;

    #[inline(always)]
    fn product<S: Simd>(simd: S, a: S::V, b: S::V, c: S::V) -> S::V {
        simd.dot_bytes(a, b, c)
    }
}
