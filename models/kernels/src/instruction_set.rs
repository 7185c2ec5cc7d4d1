use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Vector instructions that the kernels are compiled for, the best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InstructionSet {
    /// None but those every processor has.
    Portable,
    /// AVX2 and FMA.
    Avx2,
    /// AVX-512 F, BW, DQ and VL; bf16 is widened.
    Avx512,
    /// The same with products of bytes.
    Avx512Vnni,
    /// The same with products of bf16.
    Avx512Bf16,
    /// The same with products of whole tiles of bf16.
    AmxBf16,
}

#[derive(Debug, Error)]
pub enum KernelsError {
    #[error("this processor has no {0}; leave the choice to Coverslip, or take `portable`")]
    Missing(InstructionSet),
    #[error(
        "`{0}` is no instruction set; there are portable, avx2, avx512, avx512-vnni, avx512-bf16, \
         amx-bf16"
    )]
    Unknown(String),
}

impl InstructionSet {
    pub const ALL: [Self; 6] = [
        Self::Portable,
        Self::Avx2,
        Self::Avx512,
        Self::Avx512Vnni,
        Self::Avx512Bf16,
        Self::AmxBf16,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Avx512Vnni => "avx512-vnni",
            Self::Avx512Bf16 => "avx512-bf16",
            Self::AmxBf16 => "amx-bf16",
        }
    }
}

impl fmt::Display for InstructionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for InstructionSet {
    type Err = KernelsError;

    fn from_str(text: &str) -> Result<Self, KernelsError> {
        let found = Self::ALL.into_iter().find(|set| set.name() == text);
        found.ok_or_else(|| KernelsError::Unknown(text.to_owned()))
    }
}
