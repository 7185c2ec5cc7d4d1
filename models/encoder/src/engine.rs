use parameters::Parameters;

use crate::compute::{Compute, Transformer};
use crate::device::{DeviceWork, Pool};
use crate::{Device, EncoderConfig, EncoderError, LostDevice};

/// What computes embeddings.
#[derive(Debug)]
pub(crate) enum Engine {
    Processor(Box<Transformer>),
    Devices(Pool),
}

/// How an encoder is best fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Tiles in one call.
    pub tiles: usize,
    /// Calls side by side.
    pub calls: usize,
}

/// About 10 MB of pixels.
const TILES_OF_PROCESSOR: usize = 64;

impl Engine {
    pub(crate) fn new(
        compute: Compute,
        config: &EncoderConfig,
        parameters: &Parameters,
    ) -> Result<Self, EncoderError> {
        let architecture = &config.architecture;
        if compute.device() == Device::Cpu {
            let transformer = Transformer::new(compute, architecture, parameters)?;
            return Ok(Self::Processor(Box::new(transformer)));
        }
        let work = DeviceWork {
            architecture,
            input: config.input,
            precision: compute.precision(),
        };
        Ok(Self::Devices(Pool::open(
            compute.device(),
            work,
            parameters,
        )?))
    }

    pub(crate) fn feed(&self) -> Feed {
        match self {
            Self::Processor(_) => Feed {
                tiles: TILES_OF_PROCESSOR,
                calls: 1,
            },
            Self::Devices(pool) => Feed {
                tiles: pool.most_images(),
                // One more, which is made ready while all devices compute.
                calls: pool.n_devices() + 1,
            },
        }
    }

    pub(crate) fn n_devices(&self) -> usize {
        match self {
            Self::Processor(_) => 0,
            Self::Devices(pool) => pool.n_devices(),
        }
    }

    pub(crate) fn lost_devices(&self) -> Vec<LostDevice> {
        match self {
            Self::Processor(_) => Vec::new(),
            Self::Devices(pool) => pool.lost(),
        }
    }
}
