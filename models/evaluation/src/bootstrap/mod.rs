//! Intervals by resampling patients.

mod interval;
mod resamples;
mod units;
mod wilson;

use serde::Serialize;

use crate::{Answers, EvaluationError};

pub use interval::{Interval, IntervalMethod, Withheld};
pub use units::Unit;

pub(crate) use interval::bounds;
pub(crate) use resamples::Resamples;
pub(crate) use units::Units;
pub(crate) use wilson::wilson;

/// How often to resample and what to report of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bootstrap {
    pub resamples: u32,
    /// The share of resamples an interval holds, for example 0.95.
    pub level: f64,
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self {
            resamples: 2000,
            level: 0.95,
            seed: 0,
        }
    }
}

impl Bootstrap {
    /// # Errors
    /// Below 100 resamples the ends of an interval mean nothing.
    pub fn check(&self) -> Result<(), EvaluationError> {
        match self.resamples {
            0..100 => Err(EvaluationError::Resamples(self.resamples)),
            _ => Ok(()),
        }
    }

    /// What `of` says of each resample of `answers`, in the order of the resamples.
    pub(crate) fn each<T: Send>(
        &self,
        answers: &Answers,
        units: &Units,
        of: impl Fn(&Answers) -> T + Sync,
    ) -> Vec<T> {
        Resamples::new(self, units).map(|rows| of(&answers.select(rows)))
    }
}
