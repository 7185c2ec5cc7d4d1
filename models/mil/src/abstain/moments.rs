//! Mean and spread of many bags, and of all but one of them.

use super::BagMean;
use super::shrunken_variance::shrunken;

/// Sums over bags, from which any one bag can be taken out.
pub(super) struct Moments {
    n: usize,
    mean: Vec<f64>,
    /// Sums of squared differences from the mean.
    squares: Vec<f64>,
}

impl Moments {
    pub(super) fn of(bags: &[BagMean]) -> Self {
        let n = bags.len();
        let width = bags.first().map_or(0, |bag| bag.values.len());
        let sum =
            |of: &dyn Fn(&BagMean, usize) -> f64, at| bags.iter().map(|bag| of(bag, at)).sum();
        let mean: Vec<f64> = (0..width)
            .map(|at| sum(&|bag, at| bag.values[at], at) / n as f64)
            .collect();
        let squares = (0..width).map(|at| sum(&|bag, at| (bag.values[at] - mean[at]).powi(2), at));
        Self {
            n,
            squares: squares.collect(),
            mean,
        }
    }

    pub(super) fn are_of_equal_bags(&self) -> bool {
        self.squares.iter().all(|&square| square == 0.0)
    }

    /// What the other bags say.
    pub(super) fn without(&self, bag: &BagMean) -> Normal {
        let n = self.n as f64;
        let values = self.mean.iter().zip(&bag.values);
        let rest = values.map(|(mean, value)| (n * mean - value) / (n - 1.0));
        let gone = self.mean.iter().zip(&bag.values);
        let gone = gone.map(|(mean, value)| (value - mean).powi(2) * n / (n - 1.0));
        let squares = self
            .squares
            .iter()
            .zip(gone)
            .map(|(all, gone)| (all - gone).max(0.0));
        Self {
            n: self.n - 1,
            mean: rest.collect(),
            squares: squares.collect(),
        }
        .normal()
    }

    pub(super) fn normal(&self) -> Normal {
        let freedom = self.n as f64 - 1.0;
        let variances: Vec<f64> = self.squares.iter().map(|square| square / freedom).collect();
        let floor = f64::from(f32::MIN_POSITIVE);
        let spread = shrunken(&variances, self.n).into_iter();
        Normal {
            mean: self.mean.clone(),
            spread: spread.map(|variance| variance.sqrt().max(floor)).collect(),
        }
    }
}

pub(super) struct Normal {
    pub mean: Vec<f64>,
    pub spread: Vec<f64>,
}

impl Normal {
    /// Root mean square of the standard scores.
    pub(super) fn distance(&self, bag: &BagMean) -> f64 {
        let scales = self.mean.iter().zip(&self.spread);
        let scores = bag.values.iter().zip(scales);
        let total: f64 = scores
            .map(|(value, (mean, spread))| ((value - mean) / spread).powi(2))
            .sum();
        (total / self.mean.len().max(1) as f64).sqrt()
    }
}
