use std::marker::PhantomData;

use super::Word;
use super::portable::Portable;
use super::simd::Simd;
#[cfg(target_arch = "x86_64")]
use super::{
    avx2::Avx2,
    avx512::{Avx512, Native, Vnni, Widened},
    detect::has,
};
use crate::{InstructionSet, KernelsError};

/// Work written once for all instruction sets.
pub(crate) trait Work {
    type Output;

    /// Must be `#[inline(always)]`, or it is not compiled for the instructions.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// An instruction set that this processor has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine(InstructionSet);

impl Machine {
    /// The best instruction set of this processor.
    pub fn best() -> Self {
        let best = InstructionSet::ALL.into_iter().rev().find(|set| has(*set));
        Self(best.unwrap_or(InstructionSet::Portable))
    }

    /// What every processor can do.
    pub fn portable() -> Self {
        Self(InstructionSet::Portable)
    }

    /// # Errors
    /// If this processor does not have the instruction set.
    pub fn with(set: InstructionSet) -> Result<Self, KernelsError> {
        if has(set) {
            return Ok(Self(set));
        }
        Err(KernelsError::Missing(set))
    }

    /// Every instruction set of this processor, the best last.
    pub fn all() -> impl Iterator<Item = Self> {
        let found = InstructionSet::ALL.into_iter().filter(|set| has(*set));
        found.map(Self)
    }

    pub fn instruction_set(self) -> InstructionSet {
        self.0
    }

    /// A machine with AMX that has not been tried yet.
    ///
    /// # Safety
    /// The processor has AVX-512 with VNNI and BF16, and `amx::permitted` said yes.
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    pub(super) unsafe fn untried_amx() -> Self {
        Self(InstructionSet::AmxBf16)
    }

    /// Values in a vector.
    pub(crate) fn lanes(self) -> usize {
        self.run(Shape::<f32>(PhantomData)).lanes
    }

    /// The words of a row that is multiplied are a multiple of this.
    pub(crate) fn word_step<W: Word>(self) -> usize {
        self.run(Shape::<W>(PhantomData)).word_step
    }

    pub(crate) fn run<W: Work>(self, work: W) -> W::Output {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a `Machine` is only made of a set that the processor has.
            InstructionSet::Avx2 => unsafe { avx2(work) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            InstructionSet::Avx512 => unsafe { avx512(work) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            InstructionSet::Avx512Vnni => unsafe { avx512_vnni(work) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            InstructionSet::Avx512Bf16 => unsafe { avx512_bf16(work) },
            #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
            // SAFETY: as above.
            InstructionSet::AmxBf16 => unsafe { amx_bf16(work) },
            _ => work.run(Portable),
        }
    }
}

/// Asks for the shape of products of words `W`.
struct Shape<W>(PhantomData<W>);

struct ProductShape {
    lanes: usize,
    word_step: usize,
}

impl<W: Word> Work for Shape<W> {
    type Output = ProductShape;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> ProductShape {
        ProductShape {
            lanes: S::LANES,
            word_step: S::word_step::<W>(),
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn has(set: InstructionSet) -> bool {
    set == InstructionSet::Portable
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<W: Work>(work: W) -> W::Output {
    // SAFETY: this function may only be called where the processor has these.
    work.run(unsafe { Avx2::new() })
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]
fn avx512<W: Work>(work: W) -> W::Output {
    // SAFETY: this function may only be called where the processor has these.
    work.run(unsafe { Avx512::<Widened>::new() })
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn avx512_vnni<W: Work>(work: W) -> W::Output {
    // SAFETY: this function may only be called where the processor has these.
    work.run(unsafe { Avx512::<Vnni>::new() })
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16")]
fn avx512_bf16<W: Work>(work: W) -> W::Output {
    // SAFETY: this function may only be called where the processor has these.
    work.run(unsafe { Avx512::<Native>::new() })
}

/// # Safety
/// Beside the processor's features, `amx::permitted` said yes.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16")]
unsafe fn amx_bf16<W: Work>(work: W) -> W::Output {
    use super::amx::{Configured, Tiles};

    // SAFETY: the caller promises AMX, and the features are those of this function.
    let (_configured, simd) = unsafe { (Configured::new(), Avx512::<Tiles>::new()) };
    work.run(simd)
}
