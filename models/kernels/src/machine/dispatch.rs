#[cfg(target_arch = "x86_64")]
use super::{
    avx2::Avx2,
    avx512::{Avx512, Native, Widened},
};
use super::{portable::Portable, simd::Simd};
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
        let best = InstructionSet::ALL.into_iter().rev().find(has);
        Self(best.unwrap_or(InstructionSet::Portable))
    }

    /// # Errors
    /// If this processor does not have the instruction set.
    pub fn with(set: InstructionSet) -> Result<Self, KernelsError> {
        if has(&set) {
            return Ok(Self(set));
        }
        Err(KernelsError::Missing(set))
    }

    /// Every instruction set of this processor, the best last.
    pub fn all() -> impl Iterator<Item = Self> {
        InstructionSet::ALL.into_iter().filter(has).map(Self)
    }

    pub fn instruction_set(self) -> InstructionSet {
        self.0
    }

    /// Values in a vector.
    pub(crate) fn lanes(self) -> usize {
        self.run(Lanes)
    }

    pub(crate) fn run<W: Work>(self, work: W) -> W::Output {
        match self.0 {
            InstructionSet::Portable => work.run(Portable),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a `Machine` is only made of a set that the processor has.
            InstructionSet::Avx2 => unsafe { avx2(work) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            InstructionSet::Avx512 => unsafe { avx512(work) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            InstructionSet::Avx512Bf16 => unsafe { avx512_bf16(work) },
            #[cfg(not(target_arch = "x86_64"))]
            _ => work.run(Portable),
        }
    }
}

struct Lanes;

impl Work for Lanes {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> usize {
        S::LANES
    }
}

#[cfg(target_arch = "x86_64")]
fn has(set: &InstructionSet) -> bool {
    let avx2 = || is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    let avx512 = || {
        is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
    };
    match set {
        InstructionSet::Portable => true,
        InstructionSet::Avx2 => avx2(),
        InstructionSet::Avx512 => avx2() && avx512(),
        InstructionSet::Avx512Bf16 => avx2() && avx512() && is_x86_feature_detected!("avx512bf16"),
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn has(set: &InstructionSet) -> bool {
    *set == InstructionSet::Portable
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
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
fn avx512_bf16<W: Work>(work: W) -> W::Output {
    // SAFETY: this function may only be called where the processor has these.
    work.run(unsafe { Avx512::<Native>::new() })
}
