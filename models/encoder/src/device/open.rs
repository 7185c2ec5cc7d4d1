use candle_core::{Device as CandleDevice, Error};

use super::rehearsal::Rehearsed;
use super::{Device, GpuNumbers};
use crate::EncoderError;

/// Images in one batch at most. More would make no GPU faster, and a slide's batches could be shared
/// out less evenly.
const MOST_IMAGES: usize = 256;

/// A device that answers.
pub(super) struct Opened {
    pub(super) name: String,
    pub(super) device: CandleDevice,
    pub(super) most_images: usize,
    pub(super) rehearsed: Rehearsed,
}

/// # Errors
/// If this program was built without GPUs, or if one that was named, or none at all, opens.
pub(super) fn opened(device: Device) -> Result<Vec<Opened>, EncoderError> {
    match device {
        Device::Cpu => Ok(Vec::new()),
        Device::Cuda(_) if !candle_core::utils::cuda_is_available() => {
            Err(EncoderError::BuiltWithoutGpus { device })
        }
        Device::Cuda(GpuNumbers::Listed(bits)) => GpuNumbers::listed(bits).map(gpu).collect(),
        Device::Cuda(GpuNumbers::All) => all_gpus(),
        Device::Rehearsal(rehearsal) => Ok(rehearsal
            .devices()
            .enumerate()
            .map(|(number, rehearsed)| Opened {
                name: format!("rehearsal:{number}"),
                device: CandleDevice::Cpu,
                most_images: usize::from(rehearsal.batch.max(1)),
                rehearsed,
            })
            .collect()),
    }
}

/// CUDA numbers GPUs without gaps.
fn all_gpus() -> Result<Vec<Opened>, EncoderError> {
    let mut found = vec![gpu(0)?];
    for number in 1..GpuNumbers::END {
        match gpu(number) {
            Err(EncoderError::DeviceOpen { source, .. }) if is_no_number(&source) => break,
            opened => found.push(opened?),
        }
    }
    Ok(found)
}

/// candle keeps CUDA's codes only as text.
fn is_no_number(error: &Error) -> bool {
    error.to_string().contains("CUDA_ERROR_INVALID_DEVICE")
}

/// On a stream of its own: candle's default is one a thread, and what a model is placed by and what
/// it computes on are two threads.
fn gpu(number: u32) -> Result<Opened, EncoderError> {
    let name = format!("cuda:{number}");
    match CandleDevice::new_cuda_with_stream(number as usize) {
        Ok(device) => Ok(Opened {
            name,
            device,
            most_images: MOST_IMAGES,
            rehearsed: Rehearsed::Works,
        }),
        Err(source) => Err(EncoderError::DeviceOpen {
            name,
            source: Box::new(source),
        }),
    }
}
