//! With which precision and instructions an encoder computes, where a person chooses it.

use anyhow::Result;
use clap::Args;
use encoder::{Compute, InstructionSet};
use flow::Precision;

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct PrecisionChoice {
    /// Arithmetic of the encoder: f32; bf16, which is faster where the processor has AMX; or int8,
    /// which is faster where it has AVX-512 VNNI, and refused for an encoder that loses by it. Every
    /// bag says which; bags of one are never taken for those of another.
    #[arg(long, env = "COVERSLIP_PRECISION", default_value_t = Precision::F32)]
    pub(crate) precision: Precision,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ComputeChoice {
    #[command(flatten)]
    precision: PrecisionChoice,
    /// Instructions to compute with, to test and compare them: portable, avx2, avx512, avx512-vnni,
    /// avx512-bf16. The best of this processor if not given.
    #[arg(long, env = "COVERSLIP_INSTRUCTIONS", hide = true)]
    instructions: Option<InstructionSet>,
}

impl ComputeChoice {
    pub(crate) fn compute(&self) -> Result<Compute> {
        let compute = Compute::new(self.precision.precision);
        Ok(match self.instructions {
            None => compute,
            Some(instructions) => compute.with_instructions(instructions)?,
        })
    }
}
