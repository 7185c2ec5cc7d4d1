use serde::{Deserialize, Serialize};

use super::{Bootstrap, Units, wilson};
use crate::measure::Reading;

/// Where a figure may lie.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
    pub method: IntervalMethod,
    /// Resamples in which the figure has no value; they are left out.
    pub undefined_resamples: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalMethod {
    /// Percentiles of the resamples, widened to the figure itself where resampling shifts it.
    Bootstrap,
    /// Wilson's, of a share that is the same in every resample (all right, or none): resampling
    /// would claim certainty. Each patient counts as one case.
    Wilson,
}

/// Why a figure has a value but no interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// More than one resample in twenty has no value.
    OftenUndefined,
    /// Every resample gives the same value, which says nothing of other slides.
    NoSpread,
}

/// The most resamples without a value, as a share, with which there still is an interval.
const MOST_UNDEFINED: f64 = 0.05;

impl Interval {
    /// Of a figure, from its value in each resample.
    pub(crate) fn of(
        reading: Reading,
        resampled: &[Option<f64>],
        config: &Bootstrap,
        units: &Units,
    ) -> Result<Self, Withheld> {
        let defined: Vec<f64> = resampled.iter().flatten().copied().collect();
        let n_undefined = resampled.len() - defined.len();
        if n_undefined as f64 > MOST_UNDEFINED * resampled.len() as f64 {
            return Err(Withheld::OftenUndefined);
        }
        let (low, high) = bounds(defined, config.level).ok_or(Withheld::OftenUndefined)?;
        let interval = |(low, high), method| Self {
            low: reading.value.min(low),
            high: reading.value.max(high),
            method,
            undefined_resamples: n_undefined as u32,
        };
        if low < high {
            return Ok(interval((low, high), IntervalMethod::Bootstrap));
        }
        if !reading.is_share {
            return Err(Withheld::NoSpread);
        }
        let n_cases = reading.n as f64 * units.per_slide();
        Ok(interval(
            wilson(reading.value, n_cases),
            IntervalMethod::Wilson,
        ))
    }
}

/// The percentiles that leave out half of `1 - level` at either end; `None` of nothing.
pub(crate) fn bounds(mut values: Vec<f64>, level: f64) -> Option<(f64, f64)> {
    values.sort_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    Some((percentile(&values, tail)?, percentile(&values, 1.0 - tail)?))
}

/// Between the two nearest of `sorted`, as numpy does by default.
fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let at = share * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    Some(below + (above - below) * at.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_numpys() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        assert_eq!(percentile(&sorted, 0.5), Some(3.0));
        assert_eq!(percentile(&sorted, 0.75), Some(5.0));
        assert_eq!(percentile(&sorted, 1.0), Some(8.0));
        assert_eq!(percentile(&[], 0.5), None);
    }
}
