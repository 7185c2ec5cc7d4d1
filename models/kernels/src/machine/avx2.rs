use std::arch::x86_64::{
    __m256, _MM_FROUND_NO_EXC, _MM_FROUND_TO_NEAREST_INT, _MM_HINT_T1, _mm_add_ps, _mm_add_ss,
    _mm_cvtss_f32, _mm_max_ps, _mm_max_ss, _mm_movehdup_ps, _mm_movehl_ps, _mm_packus_epi16,
    _mm_prefetch, _mm_storel_epi64, _mm_storeu_si128, _mm256_add_epi32, _mm256_add_ps,
    _mm256_and_ps, _mm256_and_si256, _mm256_castps_si256, _mm256_castps256_ps128,
    _mm256_castsi256_ps, _mm256_castsi256_si128, _mm256_cvtepi32_ps, _mm256_cvtps_epi32,
    _mm256_extractf128_ps, _mm256_fmadd_ps, _mm256_fnmadd_ps, _mm256_loadu_ps, _mm256_madd_epi16,
    _mm256_max_ps, _mm256_min_ps, _mm256_mul_ps, _mm256_mullo_epi32, _mm256_or_ps,
    _mm256_packus_epi32, _mm256_permute4x64_epi64, _mm256_rcp_ps, _mm256_round_ps,
    _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_ps, _mm256_slli_epi16, _mm256_slli_epi32,
    _mm256_srai_epi16, _mm256_srli_epi16, _mm256_srli_epi32, _mm256_storeu_ps, _mm256_sub_epi32,
    _mm256_sub_ps,
};

use super::tile::{self, Tile};
use super::{Simd, Word, transpose};

/// AVX2 with FMA.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// # Safety
    /// The processor has AVX2 and FMA.
    pub(super) unsafe fn new() -> Self {
        Self(())
    }
}

/// Calls intrinsics of AVX2 and FMA.
macro_rules! avx2 {
    ($call:expr) => {
        // SAFETY: who made the token promised that the processor has them.
        unsafe { $call }
    };
}

impl Simd for Avx2 {
    const LANES: usize = 8;

    type V = __m256;

    #[inline(always)]
    fn heights<W: Word>() -> &'static [usize] {
        &[2, 4, 6]
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m256 {
        avx2!(_mm256_set1_ps(value))
    }

    #[inline(always)]
    fn add(self, a: __m256, b: __m256) -> __m256 {
        avx2!(_mm256_add_ps(a, b))
    }

    #[inline(always)]
    fn sub(self, a: __m256, b: __m256) -> __m256 {
        avx2!(_mm256_sub_ps(a, b))
    }

    #[inline(always)]
    fn mul(self, a: __m256, b: __m256) -> __m256 {
        avx2!(_mm256_mul_ps(a, b))
    }

    #[inline(always)]
    fn mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        avx2!(_mm256_fmadd_ps(a, b, c))
    }

    #[inline(always)]
    fn min(self, a: __m256, b: __m256) -> __m256 {
        avx2!(_mm256_min_ps(a, b))
    }

    #[inline(always)]
    fn max(self, a: __m256, b: __m256) -> __m256 {
        avx2!(_mm256_max_ps(a, b))
    }

    #[inline(always)]
    fn signed(self, magnitude: __m256, sign: __m256) -> __m256 {
        avx2!(_mm256_or_ps(
            magnitude,
            _mm256_and_ps(sign, _mm256_set1_ps(-0.0))
        ))
    }

    #[inline(always)]
    fn reciprocal(self, a: __m256) -> __m256 {
        avx2!({
            // Each step of Newton's method doubles the bits, of which there are 11 at first.
            let one = _mm256_set1_ps(1.0);
            let near = _mm256_rcp_ps(a);
            let near = _mm256_fmadd_ps(near, _mm256_fnmadd_ps(a, near, one), near);
            _mm256_fmadd_ps(near, _mm256_fnmadd_ps(a, near, one), near)
        })
    }

    #[inline(always)]
    fn round(self, a: __m256) -> __m256 {
        const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        avx2!(_mm256_round_ps::<NEAREST>(a))
    }

    #[inline(always)]
    fn times_power_of_two(self, a: __m256, n: __m256) -> __m256 {
        avx2!({
            let exponent = _mm256_slli_epi32::<23>(_mm256_cvtps_epi32(n));
            _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), exponent))
        })
    }

    #[inline(always)]
    fn sum(self, a: __m256) -> f32 {
        avx2!({
            let four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
        })
    }

    #[inline(always)]
    fn largest(self, a: __m256) -> f32 {
        avx2!({
            let four = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
            let two = _mm_max_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)))
        })
    }

    #[inline(always)]
    fn dot_bf16(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        const HIGH: i32 = -0x1_0000;
        avx2!({
            let (low_a, low_b) = (_mm256_castps_si256(a), _mm256_castps_si256(b));
            let low_a = _mm256_castsi256_ps(_mm256_slli_epi32::<16>(low_a));
            let low_b = _mm256_castsi256_ps(_mm256_slli_epi32::<16>(low_b));
            let high = _mm256_castsi256_ps(_mm256_set1_epi32(HIGH));
            let c = _mm256_fmadd_ps(low_a, low_b, c);
            _mm256_fmadd_ps(_mm256_and_ps(a, high), _mm256_and_ps(b, high), c)
        })
    }

    #[inline(always)]
    fn dot_bytes(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        avx2!({
            let (a, b) = (_mm256_castps_si256(a), _mm256_castps_si256(b));
            // Products of pairs of bytes saturate at 16 bits, those of pairs of 16 bits do not.
            let even_a = _mm256_and_si256(a, _mm256_set1_epi16(0xff));
            let even_b = _mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(b));
            let even = _mm256_madd_epi16(even_a, even_b);
            let odd = _mm256_madd_epi16(_mm256_srli_epi16::<8>(a), _mm256_srai_epi16::<8>(b));
            let sum = _mm256_add_epi32(_mm256_castps_si256(c), even);
            _mm256_castsi256_ps(_mm256_add_epi32(sum, odd))
        })
    }

    #[inline(always)]
    fn whole_difference(self, a: __m256, factor: i32, b: __m256) -> __m256 {
        avx2!({
            let (a, b) = (_mm256_castps_si256(a), _mm256_castps_si256(b));
            let product = _mm256_mullo_epi32(b, _mm256_set1_epi32(factor));
            _mm256_cvtepi32_ps(_mm256_sub_epi32(a, product))
        })
    }

    #[inline(always)]
    fn prefetch(self, from: *const f32) {
        avx2!(_mm_prefetch::<_MM_HINT_T1>(from.cast()));
    }

    #[inline(always)]
    unsafe fn load_from(self, from: *const f32) -> __m256 {
        avx2!(_mm256_loadu_ps(from))
    }

    #[inline(always)]
    unsafe fn broadcast_from(self, from: *const f32) -> __m256 {
        avx2!(_mm256_set1_ps(*from))
    }

    #[inline(always)]
    unsafe fn store_to(self, v: __m256, to: *mut f32) {
        avx2!(_mm256_storeu_ps(to, v));
    }

    #[inline(always)]
    unsafe fn store_bf16_to(self, v: __m256, to: *mut u16) {
        avx2!({
            let bits = _mm256_castps_si256(v);
            let odd = _mm256_and_si256(_mm256_srli_epi32::<16>(bits), _mm256_set1_epi32(1));
            let half = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff));
            let rounded = _mm256_srli_epi32::<16>(_mm256_add_epi32(bits, half));
            // Packing works on halves: their quarters 0 and 2 are what is wanted.
            let packed = _mm256_packus_epi32(rounded, rounded);
            let packed = _mm256_permute4x64_epi64::<0b1000>(packed);
            _mm_storeu_si128(to.cast(), _mm256_castsi256_si128(packed));
        });
    }

    #[inline(always)]
    unsafe fn store_bytes_to(self, v: __m256, to: *mut u8) {
        avx2!({
            let whole = _mm256_cvtps_epi32(v);
            // Packing works on halves: their quarters 0 and 2 are what is wanted.
            let packed = _mm256_packus_epi32(whole, whole);
            let packed = _mm256_castsi256_si128(_mm256_permute4x64_epi64::<0b1000>(packed));
            _mm_storel_epi64(to.cast(), _mm_packus_epi16(packed, packed));
        });
    }

    #[inline(always)]
    unsafe fn transpose(
        self,
        from: *const f32,
        from_stride: usize,
        to: *mut f32,
        to_stride: usize,
    ) {
        avx2!(transpose::eight(from, from_stride, to, to_stride));
    }

    #[inline(always)]
    unsafe fn tile<W: Word>(self, height: usize, tile: Tile) {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            match height {
                2 => tile::multiply::<_, W, 2>(self, tile),
                4 => tile::multiply::<_, W, 4>(self, tile),
                _ => tile::multiply::<_, W, 6>(self, tile),
            }
        }
    }
}
