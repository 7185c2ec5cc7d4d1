use flow::Abstention;
use serde::{Deserialize, Serialize};

use super::packed;
use super::shrunken_variance::shrunken;
use crate::MilError;

/// The mean embedding of a bag: what its tissue looks like on the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct BagMean(Vec<f64>);

/// Where the training bags' means lie, as `task.json` states it.
///
/// The distance of a bag is the root mean square of its features' standard scores: a Mahalanobis
/// distance under a diagonal covariance, shrunken because bags are fewer than features (Lee et al.
/// 2018 use the full one, which takes more cases than a task has).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distribution {
    pub n_bags: u32,
    /// One value a feature.
    #[serde(with = "packed")]
    mean: Vec<f32>,
    /// Standard deviations, one a feature.
    #[serde(with = "packed")]
    spread: Vec<f32>,
    /// Bags farther off are not answered.
    pub limit: f64,
    /// The share of training bags within the limit.
    pub quantile: f64,
}

/// Below this many bags, what is usual cannot be told.
const FEWEST_BAGS: usize = 20;

impl BagMean {
    /// Of `n * dimension` values, one instance after another.
    pub fn of(embeddings: &[f32], dimension: u32) -> Self {
        let width = dimension.max(1) as usize;
        let mut sums = vec![0.0; width];
        for instance in embeddings.chunks_exact(width) {
            for (sum, &value) in sums.iter_mut().zip(instance) {
                *sum += f64::from(value);
            }
        }
        let n_instances = (embeddings.len() / width).max(1) as f64;
        Self(sums.into_iter().map(|sum| sum / n_instances).collect())
    }
}

/// Learns what is usual from the training bags; `quantile` of them lie within the limit, each
/// measured against all others and not itself.
///
/// `None` with fewer than 20 bags, or where the bags do not differ.
pub fn fit_distribution(bags: &[BagMean], quantile: f64) -> Option<Distribution> {
    if bags.len() < FEWEST_BAGS {
        return None;
    }
    let moments = Moments::of(bags);
    if moments.squares.iter().all(|&square| square == 0.0) {
        return None;
    }
    let mut left_out: Vec<f64> = bags
        .iter()
        .map(|bag| moments.without(bag).distance(bag))
        .collect();
    left_out.sort_by(f64::total_cmp);
    let rank = (quantile * bags.len() as f64).ceil() as usize;
    let all = moments.normal();
    let narrow = |values: &[f64]| values.iter().map(|&value| value as f32).collect();
    Some(Distribution {
        n_bags: bags.len() as u32,
        mean: narrow(&all.mean),
        spread: narrow(&all.spread),
        limit: left_out[rank.clamp(1, bags.len()) - 1],
        quantile,
    })
}

impl Distribution {
    /// Of a bag from the training bags; 1 is about usual.
    pub fn distance(&self, bag: &BagMean) -> f64 {
        let wide = |values: &[f32]| values.iter().copied().map(f64::from).collect();
        let normal = Normal {
            mean: wide(&self.mean),
            spread: wide(&self.spread),
        };
        normal.distance(bag)
    }

    pub(super) fn refusal(&self, bag: &BagMean) -> Option<Abstention> {
        let distance = self.distance(bag);
        (distance > self.limit).then_some(Abstention::OutOfDistribution {
            distance,
            limit: self.limit,
            quantile: self.quantile,
        })
    }

    pub(crate) fn check(&self, dimension: u32) -> Result<(), MilError> {
        let n = dimension as usize;
        let is_possible = self.mean.len() == n
            && self.spread.len() == n
            && self.spread.iter().all(|&spread| spread > 0.0)
            && self.limit > 0.0;
        match is_possible {
            true => Ok(()),
            false => Err(MilError::Config(format!(
                "the distribution of training bags is not one of {n} features, \
                 each with a spread above 0"
            ))),
        }
    }
}

/// Sums over bags, from which any one bag can be taken out.
struct Moments {
    n: usize,
    mean: Vec<f64>,
    /// Sums of squared differences from the mean.
    squares: Vec<f64>,
}

impl Moments {
    fn of(bags: &[BagMean]) -> Self {
        let n = bags.len();
        let width = bags.first().map_or(0, |bag| bag.0.len());
        let sum =
            |of: &dyn Fn(&BagMean, usize) -> f64, at| bags.iter().map(|bag| of(bag, at)).sum();
        let mean: Vec<f64> = (0..width)
            .map(|at| sum(&|bag, at| bag.0[at], at) / n as f64)
            .collect();
        let squares = (0..width).map(|at| sum(&|bag, at| (bag.0[at] - mean[at]).powi(2), at));
        Self {
            n,
            squares: squares.collect(),
            mean,
        }
    }

    /// What the other bags say.
    fn without(&self, bag: &BagMean) -> Normal {
        let n = self.n as f64;
        let values = self.mean.iter().zip(&bag.0);
        let rest = values.map(|(mean, value)| (n * mean - value) / (n - 1.0));
        let gone = self.mean.iter().zip(&bag.0);
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

    fn normal(&self) -> Normal {
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

struct Normal {
    mean: Vec<f64>,
    spread: Vec<f64>,
}

impl Normal {
    /// Root mean square of the standard scores.
    fn distance(&self, bag: &BagMean) -> f64 {
        let scales = self.mean.iter().zip(&self.spread);
        let scores = bag.0.iter().zip(scales);
        let total: f64 = scores
            .map(|(value, (mean, spread))| ((value - mean) / spread).powi(2))
            .sum();
        (total / self.mean.len().max(1) as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use parameters::{Seed, seeded};
    use rand::RngExt;

    use super::*;

    /// Bags whose features have means of their own and spreads from 0.1 to 1.
    fn bags(seed: u64, n: usize, shift: f64) -> Vec<BagMean> {
        let mut random = seeded(Seed(seed), 0);
        let mut bag = || {
            let feature = |at: u32| {
                let noise: f64 = (0..12).map(|_| random.random_range(-0.5..0.5)).sum();
                let spread = 0.1 * f64::from(at % 10 + 1);
                f64::from(at) + spread * (noise + shift)
            };
            BagMean((0..40).map(feature).collect())
        };
        (0..n).map(|_| bag()).collect()
    }

    #[test]
    fn new_bags_of_the_same_kind_are_within_the_limit_as_often_as_stated() {
        let fitted = fit_distribution(&bags(1, 200, 0.0), 0.95).expect("enough bags");
        let usual = bags(2, 400, 0.0);
        let n_within = usual
            .iter()
            .filter(|bag| fitted.refusal(bag).is_none())
            .count();
        assert!(
            (360..=396).contains(&n_within),
            "{n_within} of 400, 380 expected"
        );
        let n_shifted = bags(3, 100, 1.5)
            .iter()
            .filter(|bag| fitted.refusal(bag).is_some())
            .count();
        assert!(n_shifted >= 99, "{n_shifted} of 100");
    }

    #[test]
    fn leaving_one_out_is_measuring_against_the_others() {
        let bags = bags(4, 30, 0.0);
        let quick = Moments::of(&bags).without(&bags[7]).distance(&bags[7]);
        let others: Vec<BagMean> = (0..30)
            .filter(|&at| at != 7)
            .map(|at| bags[at].clone())
            .collect();
        let slow = Moments::of(&others).normal().distance(&bags[7]);
        assert!((quick - slow).abs() < 1e-9, "{quick} and {slow}");
    }

    #[test]
    fn it_is_written_compactly_and_read_back() -> serde_json::Result<()> {
        let fitted = fit_distribution(&bags(5, 20, 0.0), 0.99).expect("enough bags");
        let json = serde_json::to_string(&fitted)?;
        assert!(json.len() < 700, "{json}");
        assert_eq!(serde_json::from_str::<Distribution>(&json)?, fitted);
        assert!(fitted.check(40).is_ok() && fitted.check(41).is_err());
        Ok(())
    }

    #[test]
    fn few_or_equal_bags_say_nothing() {
        assert_eq!(fit_distribution(&bags(6, 19, 0.0), 0.99), None);
        assert_eq!(
            fit_distribution(&vec![BagMean(vec![1.0, 2.0]); 30], 0.99),
            None
        );
    }

    #[test]
    fn the_mean_is_over_instances() {
        let mean = BagMean::of(&[1.0, 10.0, 3.0, 20.0], 2);
        assert_eq!(mean, BagMean(vec![2.0, 15.0]));
    }
}
