use super::Word;
use super::tile::Tile;

/// A vector of f32 and what one instruction set does with it.
///
/// A value of an implementing type is a promise that this processor has the instructions; only
/// `dispatch` makes them. Every method must be inlined into a function compiled for them.
pub trait Simd: Copy {
    /// Values in a vector.
    const LANES: usize;
    type V: Copy;

    /// How many rows a tile may have, rising. Its columns are two vectors.
    fn heights<W: Word>() -> &'static [usize];

    /// The words of a tile's rows are a multiple of this.
    #[inline(always)]
    fn word_step<W: Word>() -> usize {
        1
    }

    fn splat(self, value: f32) -> Self::V;

    fn add(self, a: Self::V, b: Self::V) -> Self::V;

    fn sub(self, a: Self::V, b: Self::V) -> Self::V;

    fn mul(self, a: Self::V, b: Self::V) -> Self::V;

    /// `a * b + c`, rounded once where the instructions can.
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;

    fn min(self, a: Self::V, b: Self::V) -> Self::V;

    fn max(self, a: Self::V, b: Self::V) -> Self::V;

    /// `magnitude`, which is not negative, with the sign of `sign`.
    fn signed(self, magnitude: Self::V, sign: Self::V) -> Self::V;

    /// `1 / a` to 2 units in the last place, for `a` from 2^-60 to 2^60.
    fn reciprocal(self, a: Self::V) -> Self::V;

    /// The nearest whole number, for |a| below 2^22.
    fn round(self, a: Self::V) -> Self::V;

    /// `a * 2^n` for whole `n` from -126 to 127 and `a` from 0.5 to 2.
    fn times_power_of_two(self, a: Self::V, n: Self::V) -> Self::V;

    fn sum(self, a: Self::V) -> f32;

    fn largest(self, a: Self::V) -> f32;

    /// Adds to each value of `c` the products of two pairs of bf16, which `a` and `b` hold in the
    /// place of one f32.
    fn dot_bf16(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;

    /// Adds to each whole number of `c` the products of four bytes without a sign, which `a` holds
    /// in the place of one f32, and four with a sign in `b`.
    fn dot_bytes(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;

    /// `a - factor * b` of whole numbers in the place of f32, to the nearest f32.
    fn whole_difference(self, a: Self::V, factor: i32, b: Self::V) -> Self::V;

    /// Asks for the cache line at `from` to be brought nearer, wherever that points.
    fn prefetch(self, from: *const f32);

    /// # Safety
    /// `from` points to `LANES` readable values; it need not be aligned.
    unsafe fn load_from(self, from: *const f32) -> Self::V;

    /// # Safety
    /// `from` points to a readable value.
    unsafe fn broadcast_from(self, from: *const f32) -> Self::V;

    /// # Safety
    /// `to` points to `LANES` writable values; it need not be aligned.
    unsafe fn store_to(self, v: Self::V, to: *mut f32);

    /// Stores the nearest bf16, ties to even.
    ///
    /// # Safety
    /// `to` points to `LANES` writable values; it need not be aligned.
    unsafe fn store_bf16_to(self, v: Self::V, to: *mut u16);

    /// Stores whole values from 0 to 255.
    ///
    /// # Safety
    /// `to` points to `LANES` writable values; it need not be aligned.
    unsafe fn store_bytes_to(self, v: Self::V, to: *mut u8);

    /// Turns a square of `LANES` rows of `LANES` words: columns become rows. Strides count words.
    ///
    /// # Safety
    /// `from` points to as many readable rows, and `to` to as many writable ones that do not
    /// overlap them.
    unsafe fn transpose(self, from: *const f32, from_stride: usize, to: *mut f32, to_stride: usize);

    /// Multiplies a tile of `height` rows, one of `heights`.
    ///
    /// # Safety
    /// That of [`super::tile::multiply`], with a multiple of `word_step` words.
    unsafe fn tile<W: Word>(self, height: usize, tile: Tile);

    /// The first `LANES` values.
    ///
    /// # Panics
    /// If there are fewer.
    #[inline(always)]
    fn load(self, from: &[f32]) -> Self::V {
        let from = &from[..Self::LANES];
        // SAFETY: the slice has `LANES` values.
        unsafe { self.load_from(from.as_ptr()) }
    }

    /// Stores to the first `LANES` values.
    ///
    /// # Panics
    /// If there are fewer.
    #[inline(always)]
    fn store(self, v: Self::V, to: &mut [f32]) {
        let to = &mut to[..Self::LANES];
        // SAFETY: the slice has `LANES` values.
        unsafe { self.store_to(v, to.as_mut_ptr()) }
    }

    /// Stores the bits of the nearest bf16, ties to even, to the first `LANES` values.
    ///
    /// # Panics
    /// If there are fewer.
    #[inline(always)]
    fn store_bf16(self, v: Self::V, to: &mut [u16]) {
        let to = &mut to[..Self::LANES];
        // SAFETY: the slice has `LANES` values.
        unsafe { self.store_bf16_to(v, to.as_mut_ptr()) }
    }

    /// Stores whole values from 0 to 255 to the first `LANES` bytes.
    ///
    /// # Panics
    /// If there are fewer.
    #[inline(always)]
    fn store_bytes(self, v: Self::V, to: &mut [u8]) {
        let to = &mut to[..Self::LANES];
        // SAFETY: the slice has `LANES` values.
        unsafe { self.store_bytes_to(v, to.as_mut_ptr()) }
    }
}
