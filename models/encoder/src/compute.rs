use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use flow::{EncoderRef, Precision};
use kernels::{InstructionSet, Machine, bf16};
use parameters::Parameters;

use crate::forward::{Forward, Int8};
use crate::preprocess::Preprocessor;
use crate::{Architecture, Device, EncoderConfig, EncoderError};

/// Where an encoder computes, with which instructions and in which precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compute {
    machine: Machine,
    precision: Precision,
    device: Device,
}

impl Compute {
    /// The best instructions of this processor.
    pub fn new(precision: Precision) -> Self {
        Self {
            machine: Machine::best(),
            precision,
            device: Device::Cpu,
        }
    }

    /// Other instructions than the best, to test and compare them.
    ///
    /// # Errors
    /// If this processor does not have them.
    pub fn with_instructions(self, set: InstructionSet) -> Result<Self, EncoderError> {
        let machine = Machine::with(set)?;
        Ok(Self { machine, ..self })
    }

    /// Elsewhere than on this processor.
    pub fn on(self, device: Device) -> Self {
        Self { device, ..self }
    }

    pub(crate) fn in_f32(self) -> Self {
        Self {
            precision: Precision::F32,
            ..self
        }
    }

    pub fn precision(self) -> Precision {
        self.precision
    }

    pub fn device(self) -> Device {
        self.device
    }

    /// Of the processor.
    pub fn instruction_set(self) -> InstructionSet {
        self.machine.instruction_set()
    }

    /// Operations a second that one core reaches at most: see [`kernels::peak_flops`].
    pub fn peak_flops(self, during: Duration) -> f64 {
        match self.precision {
            Precision::F32 => kernels::peak_flops::<f32>(self.machine, during),
            Precision::Bf16 => kernels::peak_flops::<bf16>(self.machine, during),
            Precision::Int8 => kernels::peak_byte_ops(self.machine, during),
        }
    }

    /// What a bag made so goes by. Precisions never share one.
    pub fn reference(self, config: &EncoderConfig) -> Result<EncoderRef, EncoderError> {
        Ok(EncoderRef {
            name: config.name.clone(),
            hash: config.hash_in(self.precision)?,
        })
    }
}

impl fmt::Display for Compute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.device {
            Device::Cpu => write!(f, "{} by {}", self.precision, self.instruction_set()),
            device => write!(f, "{} on {device}", self.precision),
        }
    }
}

impl Default for Compute {
    /// f32: one slide and encoder then give one bag, whatever the processor that made it.
    fn default() -> Self {
        Self::new(Precision::F32)
    }
}

/// A transformer in one of the precisions.
#[derive(Debug)]
pub(crate) enum Transformer {
    F32(Forward<f32>),
    Bf16(Forward<bf16>),
    Int8(Forward<Int8>),
}

impl Transformer {
    pub(crate) fn new(
        compute: Compute,
        architecture: &Architecture,
        parameters: &Parameters,
    ) -> Result<Self, EncoderError> {
        let machine = compute.machine;
        Ok(match compute.precision {
            Precision::F32 => Self::F32(Forward::new(machine, architecture, parameters)?),
            Precision::Bf16 => Self::Bf16(Forward::new(machine, architecture, parameters)?),
            Precision::Int8 => Self::Int8(Forward::new(machine, architecture, parameters)?),
        })
    }

    /// The embeddings of images, one after another.
    pub(crate) fn embed(&self, preprocessor: &Preprocessor, images: &[Cow<'_, [u8]>]) -> Vec<f32> {
        let n_images = images.len();
        match self {
            Self::F32(forward) => forward.run(n_images, |to| preprocessor.write(images, to)),
            Self::Bf16(forward) => forward.run(n_images, |to| preprocessor.write(images, to)),
            Self::Int8(forward) => forward.run(n_images, |to| preprocessor.write(images, to)),
        }
    }
}
