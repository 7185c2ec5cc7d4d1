use parameters::{Snapshot, Variables};

use crate::MilError;

/// The epoch with the lowest validation loss so far.
pub(super) struct Best {
    /// 0 before the first epoch.
    pub(super) epoch: u32,
    pub(super) loss: f64,
    pub(super) snapshot: Snapshot,
}

impl Best {
    pub(super) fn new(variables: &Variables) -> Result<Self, MilError> {
        Ok(Self {
            epoch: 0,
            loss: f64::INFINITY,
            snapshot: variables.snapshot()?,
        })
    }

    pub(super) fn note(
        &mut self,
        epoch: u32,
        loss: f64,
        variables: &Variables,
    ) -> Result<(), MilError> {
        if loss < self.loss {
            *self = Self {
                epoch,
                loss,
                snapshot: variables.snapshot()?,
            };
        }
        Ok(())
    }
}
