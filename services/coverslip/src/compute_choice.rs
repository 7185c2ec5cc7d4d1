//! Where, in which precision and with which instructions an encoder computes, where a person chooses
//! it.

use anyhow::Result;
use clap::Args;
use encoder::{Compute, Device, InstructionSet};
use flow::Precision;

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct PrecisionChoice {
    /// Arithmetic of the encoder: f32; bf16, which is faster where the processor has AMX or AVX-512 BF16; or int8,
    /// which is faster where it has AVX-512 VNNI, and refused for an encoder that loses by it. Every
    /// bag says which; bags of one are never taken for those of another. Gated attention scores bags of
    /// bf16 and int8 in bf16.
    #[arg(long, env = "COVERSLIP_PRECISION", default_value_t = Precision::F32)]
    pub(crate) precision: Precision,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ComputeChoice {
    #[command(flatten)]
    precision: PrecisionChoice,
    /// Where the encoder computes: cpu; cuda, which is every NVIDIA GPU of the machine; or some of
    /// them by number, as cuda:0,2. It takes a program that was built with them (`make cuda`). GPUs
    /// are fast in bf16, and know no int8.
    #[arg(long, env = "COVERSLIP_DEVICE", default_value_t = Device::Cpu)]
    device: Device,
    /// Instructions to compute with, to test and compare them: portable, avx2, avx512, avx512-vnni,
    /// avx512-bf16. The best of this processor if not given.
    #[arg(long, env = "COVERSLIP_INSTRUCTIONS", hide = true)]
    instructions: Option<InstructionSet>,
}

impl ComputeChoice {
    pub(crate) fn compute(&self) -> Result<Compute> {
        let compute = Compute::new(self.precision.precision).on(self.device);
        Ok(match self.instructions {
            None => compute,
            Some(instructions) => compute.with_instructions(instructions)?,
        })
    }
}
