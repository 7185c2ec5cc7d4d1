use std::fmt;
use std::str::FromStr;

use flow::DeviceKind;

use crate::{EncoderError, Rehearsal};

/// Where an encoder computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// The processor, on all of its cores.
    #[default]
    Cpu,
    /// NVIDIA GPUs, side by side.
    Cuda(GpuNumbers),
    /// Candle's CPU in the place of GPUs.
    Rehearsal(Rehearsal),
}

/// Some of a machine's GPUs by CUDA's numbers, which count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GpuNumbers {
    /// As many as there are.
    All,
    /// A bit each, the lowest for number 0; not empty.
    Listed(u64),
}

impl Device {
    /// What bags and results say of it.
    pub fn kind(self) -> DeviceKind {
        match self {
            Self::Cpu | Self::Rehearsal(_) => DeviceKind::Cpu,
            Self::Cuda(_) => DeviceKind::Cuda,
        }
    }
}

impl GpuNumbers {
    /// Numbers from here on are not accepted.
    pub(super) const END: u32 = u64::BITS;

    pub(super) fn listed(bits: u64) -> impl Iterator<Item = u32> {
        (0..Self::END).filter(move |number| bits >> number & 1 == 1)
    }

    fn parse(numbers: &str) -> Option<Self> {
        let bits = numbers.split(',').try_fold(0, |bits, number| {
            let number = number.parse().ok().filter(|n: &u32| *n < Self::END)?;
            Some(bits | 1_u64 << number)
        })?;
        Some(Self::Listed(bits))
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(GpuNumbers::All) => f.write_str("cuda"),
            Self::Cuda(GpuNumbers::Listed(bits)) => {
                let numbers = GpuNumbers::listed(*bits).map(|number| number.to_string());
                write!(f, "cuda:{}", numbers.collect::<Vec<_>>().join(","))
            }
            Self::Rehearsal(rehearsal) => write!(f, "{} x candle's cpu", rehearsal.n_devices),
        }
    }
}

impl FromStr for Device {
    type Err = EncoderError;

    fn from_str(text: &str) -> Result<Self, EncoderError> {
        let wrong = || EncoderError::DeviceName(text.to_owned());
        match text {
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(GpuNumbers::All)),
            _ => {
                let numbers = text.strip_prefix("cuda:").and_then(GpuNumbers::parse);
                Ok(Self::Cuda(numbers.ok_or_else(wrong)?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() -> Result<(), EncoderError> {
        for text in ["cpu", "cuda", "cuda:0", "cuda:1,3", "cuda:0,63"] {
            assert_eq!(text.parse::<Device>()?.to_string(), text);
        }
        assert_eq!("cuda:3,1,3".parse::<Device>()?.to_string(), "cuda:1,3");
        for text in [
            "", "gpu", "CUDA", "cuda:", "cuda:a", "cuda:0,", "cuda:64", "cuda:-1",
        ] {
            let error = text.parse::<Device>().expect_err(text).to_string();
            assert!(error.contains("cuda:N"), "{error}");
        }
        Ok(())
    }
}
