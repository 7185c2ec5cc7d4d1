use serde::{Deserialize, Serialize};

use super::Undefined;
use super::quantity::{Quantity, Reading};
use crate::Answers;
use crate::bootstrap::{Bootstrap, Interval, Units, Withheld};

/// A figure as it may be printed: with its interval, or with the reason why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Estimate {
    Measured {
        value: f64,
        /// Slides it rests on.
        n: usize,
        #[serde(flatten)]
        interval: Interval,
    },
    WithoutInterval {
        value: f64,
        n: usize,
        withheld: Withheld,
    },
    Undefined {
        reason: Undefined,
    },
}

impl Estimate {
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Measured { value, .. } | Self::WithoutInterval { value, .. } => Some(*value),
            Self::Undefined { .. } => None,
        }
    }
}

/// One estimate a quantity.
pub(crate) fn estimates(
    answers: &Answers,
    quantities: &[Quantity],
    config: &Bootstrap,
    units: &Units,
) -> Vec<Estimate> {
    let resampled = config.each(answers, units, |resample| {
        let values = quantities.iter().map(|quantity| quantity.read(resample));
        values
            .map(|reading| reading.ok().map(|reading| reading.value))
            .collect::<Vec<_>>()
    });
    let indexed = quantities.iter().enumerate();
    indexed
        .map(|(at, quantity)| match quantity.read(answers) {
            Err(reason) => Estimate::Undefined { reason },
            Ok(reading) => {
                let values: Vec<Option<f64>> = resampled.iter().map(|values| values[at]).collect();
                estimate(reading, Interval::of(reading, &values, config, units))
            }
        })
        .collect()
}

fn estimate(Reading { value, n, .. }: Reading, interval: Result<Interval, Withheld>) -> Estimate {
    match interval {
        Ok(interval) => Estimate::Measured { value, n, interval },
        Err(withheld) => Estimate::WithoutInterval { value, n, withheld },
    }
}
