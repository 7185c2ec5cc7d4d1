use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// One-cycle learning rate (Smith and Topin 2018): up along a cosine for the first share of the
/// steps, then down along one to almost nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneCycle {
    pub max_rate: f64,
    /// Share of the steps spent rising, between 0 and 1.
    pub warm_up: f64,
}

/// The first rate is the largest divided by this.
const START_DIVISOR: f64 = 25.0;
/// The last rate is the largest divided by this.
const END_DIVISOR: f64 = 10_000.0;

impl OneCycle {
    /// The rate of `step` (from 0) of `n_steps`.
    pub fn rate(&self, step: usize, n_steps: usize) -> f64 {
        let done = step as f64 / n_steps.max(2).saturating_sub(1) as f64;
        let start = self.max_rate / START_DIVISOR;
        let end = self.max_rate / END_DIVISOR;
        if done < self.warm_up {
            cosine(start, self.max_rate, done / self.warm_up)
        } else {
            let falling = (done - self.warm_up) / (1.0 - self.warm_up);
            cosine(self.max_rate, end, falling.min(1.0))
        }
    }
}

fn cosine(from: f64, to: f64, share: f64) -> f64 {
    to + (from - to) * (1.0 + (PI * share).cos()) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_then_falls() {
        let cycle = OneCycle {
            max_rate: 1.0,
            warm_up: 0.25,
        };
        let rates: Vec<f64> = (0..101).map(|step| cycle.rate(step, 101)).collect();
        assert!((rates[0] - 1.0 / START_DIVISOR).abs() < 1e-12);
        assert!((rates[25] - 1.0).abs() < 1e-12);
        assert!((rates[100] - 1.0 / END_DIVISOR).abs() < 1e-12);
        assert!(rates[..26].is_sorted());
        assert!(rates[25..].is_sorted_by(|a, b| a >= b));
    }
}
