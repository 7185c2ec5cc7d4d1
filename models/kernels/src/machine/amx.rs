//! AMX: products of bf16 in tile registers of 16 rows of 64 bytes.
//!
//! Its intrinsics are not in stable Rust, assembly is. This was written against Intel's manual
//! (Software Developer's Manual, volume 1, chapter 18) and a processor of an earlier proof. The
//! machines it was written on have no AMX: its tests passed on an emulated one (Bochs 3.0 as a
//! Sapphire Rapids, Linux 6.1), whose times say nothing. `dispatch` takes it only where a product
//! comes out as it should.

use std::arch::asm;
use std::arch::x86_64::{__cpuid_count, __m512};

use super::avx512::{Avx512, Narrow, Native};
use super::tile::Tile;

/// Products of bf16 by AMX, all else by AVX-512.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tiles;

/// Words in a row of a tile register.
const WORDS: usize = 16;
/// Rows of a tile register.
const ROWS: usize = 16;

impl Narrow for Tiles {
    const HEIGHTS: &'static [usize] = &[ROWS, 2 * ROWS];
    const WORD_STEP: usize = WORDS;

    #[inline(always)]
    unsafe fn dot(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: the caller promises AVX512-BF16 too.
        unsafe { Native::dot(a, b, c) }
    }

    #[inline(always)]
    unsafe fn dot_bytes(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: the caller promises AVX512-VNNI too.
        unsafe { Native::dot_bytes(a, b, c) }
    }

    #[inline(always)]
    unsafe fn store(v: __m512, to: *mut u16) {
        // SAFETY: as above.
        unsafe { Native::store(v, to) }
    }

    #[inline(always)]
    unsafe fn tile(_: Avx512<Self>, height: usize, tile: Tile) {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            if height == ROWS {
                one_row_of_tiles(tile);
            } else {
                two_rows_of_tiles(tile);
            }
        }
    }
}

/// 32 rows times a panel of 32 columns, in four sums.
///
/// # Safety
/// That of [`super::tile::multiply`] for 32 rows and lanes of 16, with a multiple of 16 words; the
/// tiles are configured.
#[inline(always)]
unsafe fn two_rows_of_tiles(tile: Tile) {
    // SAFETY: every load and store is within the rows and panels that the caller promises; `asm!`
    // is told of memory by default, and tile registers are nobody else's.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            "2:",
            "tileloadd tmm6, [{b} + {b_stride}]",
            "tileloadd tmm4, [{a} + {a_stride}]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{b} + {b_stride} + 64]",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "tileloadd tmm5, [{below} + {a_stride}]",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            "add {a}, 64",
            "add {below}, 64",
            "add {b}, 2048",
            "dec {steps}",
            "jnz 2b",
            "tilestored [{c} + {c_stride}], tmm0",
            "tilestored [{c} + {c_stride} + 64], tmm1",
            "tilestored [{c_below} + {c_stride}], tmm2",
            "tilestored [{c_below} + {c_stride} + 64], tmm3",
            a = inout(reg) tile.a => _,
            below = inout(reg) tile.a.add(ROWS * tile.a_stride) => _,
            a_stride = in(reg) tile.a_stride * 4,
            b = inout(reg) tile.b => _,
            b_stride = in(reg) 128_usize,
            c = in(reg) tile.c,
            c_below = in(reg) tile.c.add(ROWS * tile.c_stride),
            c_stride = in(reg) tile.c_stride * 4,
            steps = inout(reg) tile.words / WORDS => _,
            options(nostack),
        );
    }
}

/// 16 rows times a panel of 32 columns, in two sums.
///
/// # Safety
/// That of [`two_rows_of_tiles`], for 16 rows.
#[inline(always)]
unsafe fn one_row_of_tiles(tile: Tile) {
    // SAFETY: as there.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "2:",
            "tileloadd tmm4, [{a} + {a_stride}]",
            "tileloadd tmm6, [{b} + {b_stride}]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{b} + {b_stride} + 64]",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "add {a}, 64",
            "add {b}, 2048",
            "dec {steps}",
            "jnz 2b",
            "tilestored [{c} + {c_stride}], tmm0",
            "tilestored [{c} + {c_stride} + 64], tmm1",
            a = inout(reg) tile.a => _,
            a_stride = in(reg) tile.a_stride * 4,
            b = inout(reg) tile.b => _,
            b_stride = in(reg) 128_usize,
            c = in(reg) tile.c,
            c_stride = in(reg) tile.c_stride * 4,
            steps = inout(reg) tile.words / WORDS => _,
            options(nostack),
        );
    }
}

/// What `ldtilecfg` reads: the shape of every tile register.
#[repr(C, align(64))]
struct Shapes {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

/// This thread's tile registers at their full size, until dropped.
#[derive(Debug)]
pub(super) struct Configured(());

impl Configured {
    /// # Safety
    /// [`permitted`] said yes.
    pub(super) unsafe fn new() -> Self {
        let mut shapes = Shapes {
            palette: 1,
            start_row: 0,
            reserved: [0; 14],
            row_bytes: [0; 16],
            rows: [0; 16],
        };
        shapes.row_bytes[..8].fill(64);
        shapes.rows[..8].fill(ROWS as u8);
        // SAFETY: the caller promises AMX, and the shapes are those of palette 1.
        unsafe { asm!("ldtilecfg [{0}]", in(reg) &raw const shapes, options(nostack)) };
        Self(())
    }
}

impl Drop for Configured {
    fn drop(&mut self) {
        // SAFETY: who made this promised AMX.
        unsafe { asm!("tilerelease", options(nostack)) };
    }
}

/// Whether the processor has AMX with bf16, and Linux lets this process use it.
pub(super) fn permitted() -> bool {
    const AMX_BF16: u32 = 1 << 22;
    const AMX_TILE: u32 = 1 << 24;
    const ARCH_PRCTL: i64 = 158;
    const ARCH_REQ_XCOMP_PERM: u64 = 0x1023;
    const XFEATURE_XTILEDATA: u64 = 18;

    let features = __cpuid_count(7, 0).edx;
    if features & AMX_BF16 == 0 || features & AMX_TILE == 0 {
        return false;
    }
    let answer: i64;
    // SAFETY: the call takes two numbers and touches no memory of ours; what it overwrites is named.
    unsafe {
        asm!(
            "syscall",
            inout("rax") ARCH_PRCTL => answer,
            in("rdi") ARCH_REQ_XCOMP_PERM,
            in("rsi") XFEATURE_XTILEDATA,
            out("rcx") _,
            out("r11") _,
            options(nostack),
        );
    }
    answer == 0
}
