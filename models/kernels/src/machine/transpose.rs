//! Squares of words turned in registers: by words, then by pairs of words, then by quarters of
//! vectors.

use std::arch::x86_64::{
    __m256, __m512, _mm256_loadu_ps, _mm256_permute2f128_ps, _mm256_shuffle_ps, _mm256_storeu_ps,
    _mm256_unpackhi_ps, _mm256_unpacklo_ps, _mm512_loadu_ps, _mm512_shuffle_f32x4,
    _mm512_shuffle_ps, _mm512_storeu_ps, _mm512_unpackhi_ps, _mm512_unpacklo_ps,
};

/// Low and high halves of two pairs of words in each quarter.
const LOW: i32 = 0b01_00_01_00;
const HIGH: i32 = 0b11_10_11_10;

/// # Safety
/// That of `Simd::transpose` for 8 lanes, and the processor has AVX.
#[inline(always)]
pub(super) unsafe fn eight(from: *const f32, from_stride: usize, to: *mut f32, to_stride: usize) {
    // SAFETY: the caller promises the instructions and two squares of 8.
    unsafe {
        let mut rows = [_mm256_loadu_ps(from); 8];
        for (at, row) in rows.iter_mut().enumerate() {
            *row = _mm256_loadu_ps(from.add(at * from_stride));
        }
        let mut fours: [__m256; 8] = rows;
        for half in [0, 4] {
            let [a, b, c, d] = [rows[half], rows[half + 1], rows[half + 2], rows[half + 3]];
            let (ab, cd) = (_mm256_unpacklo_ps(a, b), _mm256_unpacklo_ps(c, d));
            fours[half] = _mm256_shuffle_ps::<LOW>(ab, cd);
            fours[half + 1] = _mm256_shuffle_ps::<HIGH>(ab, cd);
            let (ab, cd) = (_mm256_unpackhi_ps(a, b), _mm256_unpackhi_ps(c, d));
            fours[half + 2] = _mm256_shuffle_ps::<LOW>(ab, cd);
            fours[half + 3] = _mm256_shuffle_ps::<HIGH>(ab, cd);
        }
        for at in 0..4 {
            let (top, bottom) = (fours[at], fours[at + 4]);
            let first = _mm256_permute2f128_ps::<0x20>(top, bottom);
            let second = _mm256_permute2f128_ps::<0x31>(top, bottom);
            _mm256_storeu_ps(to.add(at * to_stride), first);
            _mm256_storeu_ps(to.add((at + 4) * to_stride), second);
        }
    }
}

/// # Safety
/// That of `Simd::transpose` for 16 lanes, and the processor has AVX-512 F.
#[inline(always)]
pub(super) unsafe fn sixteen(from: *const f32, from_stride: usize, to: *mut f32, to_stride: usize) {
    // SAFETY: the caller promises the instructions and two squares of 16.
    unsafe {
        let mut rows = [_mm512_loadu_ps(from); 16];
        for (at, row) in rows.iter_mut().enumerate() {
            *row = _mm512_loadu_ps(from.add(at * from_stride));
        }
        let mut fours: [__m512; 16] = rows;
        for quarter in [0, 4, 8, 12] {
            let [a, b] = [rows[quarter], rows[quarter + 1]];
            let [c, d] = [rows[quarter + 2], rows[quarter + 3]];
            let (ab, cd) = (_mm512_unpacklo_ps(a, b), _mm512_unpacklo_ps(c, d));
            fours[quarter] = _mm512_shuffle_ps::<LOW>(ab, cd);
            fours[quarter + 1] = _mm512_shuffle_ps::<HIGH>(ab, cd);
            let (ab, cd) = (_mm512_unpackhi_ps(a, b), _mm512_unpackhi_ps(c, d));
            fours[quarter + 2] = _mm512_shuffle_ps::<LOW>(ab, cd);
            fours[quarter + 3] = _mm512_shuffle_ps::<HIGH>(ab, cd);
        }
        for at in 0..4 {
            let [a, b] = [fours[at], fours[at + 4]];
            let [c, d] = [fours[at + 8], fours[at + 12]];
            // Quarters 0 and 2, 1 and 3 of two vectors.
            let (ab, cd) = (
                _mm512_shuffle_f32x4::<0b10_00_10_00>(a, b),
                _mm512_shuffle_f32x4::<0b10_00_10_00>(c, d),
            );
            let even = [
                _mm512_shuffle_f32x4::<0b10_00_10_00>(ab, cd),
                _mm512_shuffle_f32x4::<0b11_01_11_01>(ab, cd),
            ];
            let (ab, cd) = (
                _mm512_shuffle_f32x4::<0b11_01_11_01>(a, b),
                _mm512_shuffle_f32x4::<0b11_01_11_01>(c, d),
            );
            let odd = [
                _mm512_shuffle_f32x4::<0b10_00_10_00>(ab, cd),
                _mm512_shuffle_f32x4::<0b11_01_11_01>(ab, cd),
            ];
            _mm512_storeu_ps(to.add(at * to_stride), even[0]);
            _mm512_storeu_ps(to.add((at + 4) * to_stride), odd[0]);
            _mm512_storeu_ps(to.add((at + 8) * to_stride), even[1]);
            _mm512_storeu_ps(to.add((at + 12) * to_stride), odd[1]);
        }
    }
}
