use super::tile::{self, Tile};
use super::{Simd, Word};

/// What every processor does; the compiler finds vector instructions where there are any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

const LANES: usize = 4;

type Four = [f32; LANES];

#[inline(always)]
fn each(a: Four, b: Four, f: impl Fn(f32, f32) -> f32) -> Four {
    std::array::from_fn(|lane| f(a[lane], b[lane]))
}

/// The whole number in the place of an f32.
#[inline(always)]
fn whole(bits: f32) -> i32 {
    bits.to_bits().cast_signed()
}

impl Simd for Portable {
    const LANES: usize = LANES;

    type V = Four;

    #[inline(always)]
    fn heights<W: Word>() -> &'static [usize] {
        &[1, 4]
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Four {
        [value; LANES]
    }

    #[inline(always)]
    fn add(self, a: Four, b: Four) -> Four {
        each(a, b, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, a: Four, b: Four) -> Four {
        each(a, b, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, a: Four, b: Four) -> Four {
        each(a, b, |a, b| a * b)
    }

    #[inline(always)]
    fn mul_add(self, a: Four, b: Four, c: Four) -> Four {
        self.add(self.mul(a, b), c)
    }

    #[inline(always)]
    fn min(self, a: Four, b: Four) -> Four {
        each(a, b, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    fn max(self, a: Four, b: Four) -> Four {
        each(a, b, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn signed(self, magnitude: Four, sign: Four) -> Four {
        each(magnitude, sign, f32::copysign)
    }

    #[inline(always)]
    fn reciprocal(self, a: Four) -> Four {
        a.map(|a| 1.0 / a)
    }

    #[inline(always)]
    fn round(self, a: Four) -> Four {
        // Adding 1.5 * 2^23 leaves no room for a fraction.
        const ROUND: f32 = 12_582_912.0;
        a.map(|a| (a + ROUND) - ROUND)
    }

    #[inline(always)]
    fn times_power_of_two(self, a: Four, n: Four) -> Four {
        each(a, n, |a, n| {
            f32::from_bits(a.to_bits().wrapping_add((n as i32 as u32) << 23))
        })
    }

    #[inline(always)]
    fn sum(self, a: Four) -> f32 {
        (a[0] + a[1]) + (a[2] + a[3])
    }

    #[inline(always)]
    fn largest(self, a: Four) -> f32 {
        a.into_iter().fold(f32::NEG_INFINITY, f32::max)
    }

    #[inline(always)]
    fn dot_bf16(self, a: Four, b: Four, c: Four) -> Four {
        let low = |v: Four| v.map(|pair| f32::from_bits(pair.to_bits() << 16));
        let high = |v: Four| v.map(|pair| f32::from_bits(pair.to_bits() & 0xffff_0000));
        self.mul_add(high(a), high(b), self.mul_add(low(a), low(b), c))
    }

    #[inline(always)]
    fn dot_bytes(self, a: Four, b: Four, c: Four) -> Four {
        std::array::from_fn(|lane| {
            let (a, b) = (
                a[lane].to_bits().to_le_bytes(),
                b[lane].to_bits().to_le_bytes(),
            );
            let products = a.into_iter().zip(b);
            let products = products.map(|(a, b)| i32::from(a) * i32::from(b.cast_signed()));
            let sum = products.fold(whole(c[lane]), i32::wrapping_add);
            f32::from_bits(sum.cast_unsigned())
        })
    }

    #[inline(always)]
    fn whole_difference(self, a: Four, factor: i32, b: Four) -> Four {
        each(a, b, |a, b| {
            whole(a).wrapping_sub(whole(b).wrapping_mul(factor)) as f32
        })
    }

    #[inline(always)]
    fn prefetch(self, _: *const f32) {}

    #[inline(always)]
    unsafe fn load_from(self, from: *const f32) -> Four {
        // SAFETY: the caller promises `LANES` values.
        unsafe { from.cast::<Four>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn broadcast_from(self, from: *const f32) -> Four {
        // SAFETY: the caller promises a value.
        [unsafe { *from }; LANES]
    }

    #[inline(always)]
    unsafe fn store_to(self, v: Four, to: *mut f32) {
        // SAFETY: the caller promises room for `LANES` values.
        unsafe { to.cast::<Four>().write_unaligned(v) }
    }

    #[inline(always)]
    unsafe fn store_bf16_to(self, v: Four, to: *mut u16) {
        let rounded = v.map(|value| half::bf16::from_f32(value).to_bits());
        // SAFETY: the caller promises room for `LANES` values.
        unsafe { to.cast::<[u16; LANES]>().write_unaligned(rounded) }
    }

    #[inline(always)]
    unsafe fn store_bytes_to(self, v: Four, to: *mut u8) {
        // SAFETY: the caller promises room for `LANES` values.
        unsafe {
            to.cast::<[u8; LANES]>()
                .write_unaligned(v.map(|value| value as u8));
        }
    }

    #[inline(always)]
    unsafe fn transpose(
        self,
        from: *const f32,
        from_stride: usize,
        to: *mut f32,
        to_stride: usize,
    ) {
        for row in 0..LANES {
            for column in 0..LANES {
                // SAFETY: the caller promises squares of `LANES`.
                unsafe {
                    *to.add(column * to_stride + row) = *from.add(row * from_stride + column);
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn tile<W: Word>(self, height: usize, tile: Tile) {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            match height {
                1 => tile::multiply::<_, W, 1>(self, tile),
                _ => tile::multiply::<_, W, 4>(self, tile),
            }
        }
    }
}
