//! The forward pass on devices that candle computes on: NVIDIA GPUs.
//!
//! It is `vit` with weights that stay on the device. One thread and one model a device take batches
//! from one queue; a device that fails hands its batch back, and the others go on without it.
//! All of it is compiled always, and tested on candle's CPU: the feature `cuda` only lets candle
//! open a GPU.

mod choice;
mod lane;
mod model;
mod open;
mod patches;
mod place;
mod pool;
mod rehearsal;

pub use choice::{Device, GpuNumbers};
pub use pool::LostDevice;
pub(crate) use pool::Pool;
pub use rehearsal::Rehearsal;

use candle_core::DType;
use flow::Precision;
use parameters::Parameters;

use self::lane::Lane;
use self::model::DeviceModel;
use self::open::Opened;
use crate::{Architecture, EncoderError, Input};

/// What a device is asked to compute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeviceWork<'a> {
    pub(crate) architecture: &'a Architecture,
    pub(crate) input: Input,
    pub(crate) precision: Precision,
}

impl Pool {
    /// A lane for each of the devices, each with weights of its own.
    ///
    /// # Errors
    /// If a device cannot be opened or not even one image fits on it, or if the precision is none of
    /// a device's.
    pub(crate) fn open(
        device: Device,
        work: DeviceWork<'_>,
        parameters: &Parameters,
    ) -> Result<Self, EncoderError> {
        let dtype = match work.precision {
            Precision::F32 => DType::F32,
            Precision::Bf16 => DType::BF16,
            Precision::Int8 => return Err(EncoderError::DevicePrecision { device }),
        };
        let lanes = open::opened(device)?
            .into_iter()
            .map(|opened| lane(opened, work, dtype, parameters))
            .collect::<Result<_, _>>()?;
        Self::start(lanes)
    }
}

fn lane(
    opened: Opened,
    work: DeviceWork<'_>,
    dtype: DType,
    parameters: &Parameters,
) -> Result<Lane, EncoderError> {
    let Opened {
        name,
        device,
        most_images,
        mut rehearsed,
    } = opened;
    let failed = |source| EncoderError::DeviceStart {
        name: name.clone(),
        source: Box::new(source),
    };
    let model = DeviceModel::new(work, parameters, (&device, dtype)).map_err(failed)?;
    let image_bytes = 3 * (work.architecture.image_px as usize).pow(2);
    let compute = Box::new(move |images: &[u8]| {
        rehearsed.before_batch()?;
        model.embed(images)
    });
    let mut lane = Lane::new(name.clone(), (most_images, image_bytes), compute);
    if !device.is_cpu() {
        // The largest batch that fits is known from here on.
        lane.embed(&vec![0; most_images * image_bytes])
            .map_err(|source| failed(source.into()))?;
    }
    Ok(lane)
}

#[cfg(test)]
mod pool_test;
