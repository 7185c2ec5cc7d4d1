use std::arch::x86_64::{
    __m256bh, __m256i, __m512, __m512bh, __m512i, _MM_FROUND_NO_EXC, _MM_FROUND_TO_NEAREST_INT,
    _MM_HINT_T1, _mm_prefetch, _mm_storeu_si128, _mm256_storeu_si256, _mm512_add_epi32,
    _mm512_add_ps, _mm512_and_si512, _mm512_castps_si512, _mm512_castsi512_ps,
    _mm512_cvtepi32_epi8, _mm512_cvtepi32_epi16, _mm512_cvtepi32_ps, _mm512_cvtneps_pbh,
    _mm512_cvtps_epi32, _mm512_dpbf16_ps, _mm512_dpbusd_epi32, _mm512_fmadd_ps, _mm512_fnmadd_ps,
    _mm512_loadu_ps, _mm512_madd_epi16, _mm512_max_ps, _mm512_min_ps, _mm512_mul_ps,
    _mm512_mullo_epi32, _mm512_or_si512, _mm512_rcp14_ps, _mm512_reduce_add_ps,
    _mm512_reduce_max_ps, _mm512_roundscale_ps, _mm512_scalef_ps, _mm512_set1_epi16,
    _mm512_set1_epi32, _mm512_set1_ps, _mm512_slli_epi16, _mm512_slli_epi32, _mm512_srai_epi16,
    _mm512_srli_epi16, _mm512_srli_epi32, _mm512_storeu_ps, _mm512_sub_epi32, _mm512_sub_ps,
};
use std::marker::PhantomData;
use std::mem::transmute;

use half::bf16;

use super::tile::{self, Tile};
use super::{Simd, Word, transpose};

/// Rows of the tiles that 28 of 32 registers sum, and of lower ones for what is left.
const HEIGHTS: &[usize] = &[4, 8, 14];

/// AVX-512 (F, BW, DQ, VL) with `B`'s way to multiply what is narrower than f32.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512<B>(PhantomData<B>);

impl<B> Avx512<B> {
    /// # Safety
    /// The processor has AVX-512 F, BW, DQ and VL, and what `B` needs.
    pub(super) unsafe fn new() -> Self {
        Self(PhantomData)
    }
}

/// How bf16 and bytes are multiplied, and bf16 is rounded.
pub(crate) trait Narrow: Copy {
    /// Those of `Simd`, for bf16.
    const HEIGHTS: &'static [usize] = HEIGHTS;
    const WORD_STEP: usize = 1;

    /// That of `Simd`, for bf16.
    ///
    /// # Safety
    /// As there, and the processor has the instructions.
    #[inline(always)]
    unsafe fn tile(simd: Avx512<Self>, height: usize, tile: Tile) {
        // SAFETY: the caller's promises are passed on.
        unsafe { by_vectors::<bf16, Self>(simd, height, tile) }
    }

    /// # Safety
    /// The processor has the instructions.
    unsafe fn dot(a: __m512, b: __m512, c: __m512) -> __m512;

    /// Those of `Simd`, of bytes.
    ///
    /// # Safety
    /// The processor has the instructions.
    unsafe fn dot_bytes(a: __m512, b: __m512, c: __m512) -> __m512;

    /// # Safety
    /// As of `dot`, and `to` points to 16 writable values.
    unsafe fn store(v: __m512, to: *mut u16);
}

/// Each half widened to f32, and each byte to 16 bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Widened;

impl Narrow for Widened {
    #[inline(always)]
    unsafe fn dot(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: the caller promises AVX-512 F.
        unsafe {
            let (a, b) = (_mm512_castps_si512(a), _mm512_castps_si512(b));
            let c = _mm512_fmadd_ps(low(a), low(b), c);
            _mm512_fmadd_ps(high(a), high(b), c)
        }
    }

    #[inline(always)]
    unsafe fn dot_bytes(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: the caller promises AVX-512 F and BW.
        unsafe {
            let (a, b) = (_mm512_castps_si512(a), _mm512_castps_si512(b));
            // Products of pairs of bytes saturate at 16 bits, those of pairs of 16 bits do not.
            let even_a = _mm512_and_si512(a, _mm512_set1_epi16(0xff));
            let even_b = _mm512_srai_epi16::<8>(_mm512_slli_epi16::<8>(b));
            let even = _mm512_madd_epi16(even_a, even_b);
            let odd = _mm512_madd_epi16(_mm512_srli_epi16::<8>(a), _mm512_srai_epi16::<8>(b));
            let sum = _mm512_add_epi32(_mm512_castps_si512(c), even);
            _mm512_castsi512_ps(_mm512_add_epi32(sum, odd))
        }
    }

    #[inline(always)]
    unsafe fn store(v: __m512, to: *mut u16) {
        // SAFETY: the caller promises AVX-512 F and the room.
        unsafe {
            let bits = _mm512_castps_si512(v);
            let odd = _mm512_and_si512(_mm512_srli_epi32::<16>(bits), _mm512_set1_epi32(1));
            let half = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff));
            let rounded = _mm512_srli_epi32::<16>(_mm512_add_epi32(bits, half));
            _mm256_storeu_si256(to.cast(), _mm512_cvtepi32_epi16(rounded));
        }
    }
}

/// # Safety
/// The processor has AVX-512 F.
#[inline(always)]
unsafe fn low(pairs: __m512i) -> __m512 {
    // SAFETY: the caller promises AVX-512 F.
    unsafe { _mm512_castsi512_ps(_mm512_slli_epi32::<16>(pairs)) }
}

/// # Safety
/// The processor has AVX-512 F.
#[inline(always)]
unsafe fn high(pairs: __m512i) -> __m512 {
    const HIGH: i32 = -0x1_0000;
    // SAFETY: the caller promises AVX-512 F.
    unsafe { _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32(HIGH))) }
}

/// The instructions of AVX512-VNNI for bytes; bf16 is widened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vnni;

impl Narrow for Vnni {
    #[inline(always)]
    unsafe fn dot(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: the caller promises AVX-512 F too.
        unsafe { Widened::dot(a, b, c) }
    }

    #[inline(always)]
    unsafe fn dot_bytes(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: the caller promises AVX512-VNNI.
        unsafe {
            let (a, b) = (_mm512_castps_si512(a), _mm512_castps_si512(b));
            _mm512_castsi512_ps(_mm512_dpbusd_epi32(_mm512_castps_si512(c), a, b))
        }
    }

    #[inline(always)]
    unsafe fn store(v: __m512, to: *mut u16) {
        // SAFETY: as of `dot`.
        unsafe { Widened::store(v, to) }
    }
}

/// The instructions of AVX512-BF16 and AVX512-VNNI.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Native;

impl Narrow for Native {
    #[inline(always)]
    unsafe fn dot(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: the caller promises AVX512-BF16; the vectors have one size and any bits are valid.
        unsafe {
            _mm512_dpbf16_ps(
                c,
                transmute::<__m512, __m512bh>(a),
                transmute::<__m512, __m512bh>(b),
            )
        }
    }

    #[inline(always)]
    unsafe fn dot_bytes(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: the caller promises AVX512-VNNI too.
        unsafe { Vnni::dot_bytes(a, b, c) }
    }

    #[inline(always)]
    unsafe fn store(v: __m512, to: *mut u16) {
        // SAFETY: the caller promises AVX512-BF16 and the room.
        unsafe {
            _mm256_storeu_si256(
                to.cast(),
                transmute::<__m256bh, __m256i>(_mm512_cvtneps_pbh(v)),
            );
        }
    }
}

/// Calls intrinsics of AVX-512.
macro_rules! avx512 {
    ($call:expr) => {
        // SAFETY: who made the token promised that the processor has them.
        unsafe { $call }
    };
}

impl<B: Narrow> Simd for Avx512<B> {
    const LANES: usize = 16;

    type V = __m512;

    #[inline(always)]
    fn heights<W: Word>() -> &'static [usize] {
        if W::PER_WORD == bf16::PER_WORD {
            B::HEIGHTS
        } else {
            HEIGHTS
        }
    }

    #[inline(always)]
    fn word_step<W: Word>() -> usize {
        if W::PER_WORD == bf16::PER_WORD {
            B::WORD_STEP
        } else {
            1
        }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m512 {
        avx512!(_mm512_set1_ps(value))
    }

    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        avx512!(_mm512_add_ps(a, b))
    }

    #[inline(always)]
    fn sub(self, a: __m512, b: __m512) -> __m512 {
        avx512!(_mm512_sub_ps(a, b))
    }

    #[inline(always)]
    fn mul(self, a: __m512, b: __m512) -> __m512 {
        avx512!(_mm512_mul_ps(a, b))
    }

    #[inline(always)]
    fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        avx512!(_mm512_fmadd_ps(a, b, c))
    }

    #[inline(always)]
    fn min(self, a: __m512, b: __m512) -> __m512 {
        avx512!(_mm512_min_ps(a, b))
    }

    #[inline(always)]
    fn max(self, a: __m512, b: __m512) -> __m512 {
        avx512!(_mm512_max_ps(a, b))
    }

    #[inline(always)]
    fn signed(self, magnitude: __m512, sign: __m512) -> __m512 {
        avx512!({
            let sign = _mm512_and_si512(_mm512_castps_si512(sign), _mm512_set1_epi32(i32::MIN));
            _mm512_castsi512_ps(_mm512_or_si512(_mm512_castps_si512(magnitude), sign))
        })
    }

    #[inline(always)]
    fn reciprocal(self, a: __m512) -> __m512 {
        avx512!({
            // One step of Newton's method doubles the 14 bits.
            let near = _mm512_rcp14_ps(a);
            let rest = _mm512_fnmadd_ps(a, near, _mm512_set1_ps(1.0));
            _mm512_fmadd_ps(near, rest, near)
        })
    }

    #[inline(always)]
    fn round(self, a: __m512) -> __m512 {
        const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        avx512!(_mm512_roundscale_ps::<NEAREST>(a))
    }

    #[inline(always)]
    fn times_power_of_two(self, a: __m512, n: __m512) -> __m512 {
        avx512!(_mm512_scalef_ps(a, n))
    }

    #[inline(always)]
    fn sum(self, a: __m512) -> f32 {
        avx512!(_mm512_reduce_add_ps(a))
    }

    #[inline(always)]
    fn largest(self, a: __m512) -> f32 {
        avx512!(_mm512_reduce_max_ps(a))
    }

    #[inline(always)]
    fn dot_bf16(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        avx512!(B::dot(a, b, c))
    }

    #[inline(always)]
    fn dot_bytes(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        avx512!(B::dot_bytes(a, b, c))
    }

    #[inline(always)]
    fn whole_difference(self, a: __m512, factor: i32, b: __m512) -> __m512 {
        avx512!({
            let (a, b) = (_mm512_castps_si512(a), _mm512_castps_si512(b));
            let product = _mm512_mullo_epi32(b, _mm512_set1_epi32(factor));
            _mm512_cvtepi32_ps(_mm512_sub_epi32(a, product))
        })
    }

    #[inline(always)]
    fn prefetch(self, from: *const f32) {
        avx512!(_mm_prefetch::<_MM_HINT_T1>(from.cast()));
    }

    #[inline(always)]
    unsafe fn load_from(self, from: *const f32) -> __m512 {
        avx512!(_mm512_loadu_ps(from))
    }

    #[inline(always)]
    unsafe fn broadcast_from(self, from: *const f32) -> __m512 {
        avx512!(_mm512_set1_ps(*from))
    }

    #[inline(always)]
    unsafe fn store_to(self, v: __m512, to: *mut f32) {
        avx512!(_mm512_storeu_ps(to, v));
    }

    #[inline(always)]
    unsafe fn store_bf16_to(self, v: __m512, to: *mut u16) {
        avx512!(B::store(v, to));
    }

    #[inline(always)]
    unsafe fn store_bytes_to(self, v: __m512, to: *mut u8) {
        avx512!(_mm_storeu_si128(
            to.cast(),
            _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(v))
        ));
    }

    #[inline(always)]
    unsafe fn transpose(
        self,
        from: *const f32,
        from_stride: usize,
        to: *mut f32,
        to_stride: usize,
    ) {
        avx512!(transpose::sixteen(from, from_stride, to, to_stride));
    }

    #[inline(always)]
    unsafe fn tile<W: Word>(self, height: usize, tile: Tile) {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            if W::PER_WORD == bf16::PER_WORD {
                B::tile(self, height, tile);
            } else {
                by_vectors::<W, B>(self, height, tile);
            }
        }
    }
}

/// Multiplies a tile of one of the `HEIGHTS`.
///
/// # Safety
/// That of [`tile::multiply`].
#[inline(always)]
unsafe fn by_vectors<W: Word, B: Narrow>(simd: Avx512<B>, height: usize, tile: Tile) {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        match height {
            4 => tile::multiply::<_, W, 4>(simd, tile),
            8 => tile::multiply::<_, W, 8>(simd, tile),
            _ => tile::multiply::<_, W, 14>(simd, tile),
        }
    }
}
