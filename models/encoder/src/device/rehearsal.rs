use candle_core::{Error, Result};

/// Candle's CPU in the place of GPUs, of which some fail: for tests on machines without a GPU. All
/// but the arithmetic units is what GPUs run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    pub n_devices: u8,
    /// Images in one batch.
    pub batch: u8,
    /// So many of the devices fail, the first ones.
    pub n_failing: u8,
    /// Batches that each of these computes before.
    pub good_batches: u8,
}

/// What one device of a rehearsal does beside computing.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rehearsed {
    Works,
    FailsAfter(u8),
}

impl Rehearsal {
    pub(super) fn devices(self) -> impl Iterator<Item = Rehearsed> {
        (0..self.n_devices.max(1)).map(move |number| {
            if number < self.n_failing {
                Rehearsed::FailsAfter(self.good_batches)
            } else {
                Rehearsed::Works
            }
        })
    }
}

impl Rehearsed {
    pub(super) fn before_batch(&mut self) -> Result<()> {
        match self {
            Self::Works => Ok(()),
            Self::FailsAfter(0) => Err(Error::msg("the device fell off the bus, as rehearsed")),
            Self::FailsAfter(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }
}
