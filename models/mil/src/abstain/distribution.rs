use flow::Abstention;
use serde::{Deserialize, Serialize};

use super::moments::{Moments, Normal};
use super::packed;
use super::small_bags::SmallBags;
use crate::MilError;

/// The mean embedding of a bag: what its tissue looks like on the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct BagMean {
    /// One value a feature.
    pub(super) values: Vec<f64>,
    pub(super) n_instances: usize,
}

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
    /// Limits of bags smaller than most of those in training; `None` in tasks made before there
    /// were any, and where every bag is small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    small_bags: Option<SmallBags>,
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
        let n_instances = embeddings.len() / width;
        let mean = |sum: f64| sum / n_instances.max(1) as f64;
        Self {
            values: sums.into_iter().map(mean).collect(),
            n_instances,
        }
    }
}

/// Learns what is usual from the training bags, each of `n * dimension` values; `quantile` of them
/// lie within the limit, each measured against all others and not itself.
///
/// `None` with fewer than 20 bags, or where the bags do not differ.
pub fn fit_distribution(bags: &[&[f32]], dimension: u32, quantile: f64) -> Option<Distribution> {
    if bags.len() < FEWEST_BAGS {
        return None;
    }
    let means = bags.iter().map(|bag| BagMean::of(bag, dimension));
    let means: Vec<BagMean> = means.collect();
    let moments = Moments::of(&means);
    if moments.are_of_equal_bags() {
        return None;
    }
    let others: Vec<Normal> = means.iter().map(|bag| moments.without(bag)).collect();
    let distances = others.iter().zip(&means);
    let distances = distances.map(|(others, bag)| others.distance(bag));
    let limit = at_quantile(distances.collect(), quantile);
    let all = moments.normal();
    let narrow = |values: &[f64]| values.iter().map(|&value| value as f32).collect();
    Some(Distribution {
        n_bags: bags.len() as u32,
        mean: narrow(&all.mean),
        spread: narrow(&all.spread),
        limit,
        quantile,
        small_bags: SmallBags::fit(bags, dimension, &others, |distances| {
            at_quantile(distances, quantile).max(limit)
        }),
    })
}

/// The smallest value that `quantile` of `values` do not exceed; `values` are not empty.
fn at_quantile(mut values: Vec<f64>, quantile: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (quantile * values.len() as f64).ceil() as usize;
    values[rank.clamp(1, values.len()) - 1]
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

    /// Values of an embedding.
    pub(crate) fn dimension(&self) -> u32 {
        self.mean.len() as u32
    }

    pub(super) fn refusal(&self, bag: &BagMean) -> Option<Abstention> {
        let distance = self.distance(bag);
        let small_bags = self.small_bags.as_ref();
        let limit = small_bags
            .and_then(|small_bags| small_bags.limit(bag.n_instances))
            .unwrap_or(self.limit);
        (distance > limit).then_some(Abstention::OutOfDistribution {
            distance,
            limit,
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

#[cfg(test)]
mod tests {
    use parameters::{Seed, seeded};
    use rand::RngExt;

    use super::*;

    /// Bags whose features have means of their own and spreads from 0.1 to 1.
    fn bags(seed: u64, n: usize, shift: f64) -> Vec<Vec<f32>> {
        let mut random = seeded(Seed(seed), 0);
        let mut bag = || {
            let feature = |at: u32| {
                let noise: f64 = (0..12).map(|_| random.random_range(-0.5..0.5)).sum();
                let spread = 0.1 * f64::from(at % 10 + 1);
                (f64::from(at) + spread * (noise + shift)) as f32
            };
            (0..40).map(feature).collect()
        };
        (0..n).map(|_| bag()).collect()
    }

    fn fit(bags: &[Vec<f32>], dimension: u32, quantile: f64) -> Option<Distribution> {
        let bags: Vec<&[f32]> = bags.iter().map(Vec::as_slice).collect();
        fit_distribution(&bags, dimension, quantile)
    }

    fn n_refused(fitted: &Distribution, bags: &[Vec<f32>]) -> usize {
        let means = bags.iter().map(|bag| BagMean::of(bag, 40));
        means.filter(|bag| fitted.refusal(bag).is_some()).count()
    }

    #[test]
    fn new_bags_of_the_same_kind_are_within_the_limit_as_often_as_stated() {
        let fitted = fit(&bags(1, 200, 0.0), 40, 0.95).expect("enough bags");
        let n_refused_of_usual = n_refused(&fitted, &bags(2, 400, 0.0));
        assert!(
            (4..=40).contains(&n_refused_of_usual),
            "{n_refused_of_usual} of 400, 20 expected"
        );
        let n_refused_of_shifted = n_refused(&fitted, &bags(3, 100, 1.5));
        assert!(n_refused_of_shifted >= 99, "{n_refused_of_shifted} of 100");
    }

    /// Bags of `n` instances, which scatter four times as widely as bags do, and lie `shift` of a
    /// bag's own spread away.
    fn wide_bags(seed: u64, n_bags: usize, n: usize, shift: f64) -> Vec<Vec<f32>> {
        let places = bags(seed, n_bags, shift).into_iter().enumerate();
        let bag = |(at, place): (usize, Vec<f32>)| {
            let instances = bags(1000 * seed + at as u64, n, 0.0);
            let scattered = instances.concat().into_iter().enumerate();
            let scattered = scattered.map(|(i, x)| place[i % 40] + 4.0 * (x - (i % 40) as f32));
            scattered.collect()
        };
        places.map(bag).collect()
    }

    #[test]
    fn small_bags_of_the_same_kind_are_answered_and_others_not() {
        let fitted = fit(&wide_bags(6, 300, 64, 0.0), 40, 0.99).expect("enough bags");
        for n in [2, 6, 20, 64, 200] {
            // Three are expected; the limit of 300 bags is itself known to within a percent or two.
            let n_refused_of_usual = n_refused(&fitted, &wide_bags(2, 300, n, 0.0));
            assert!(
                n_refused_of_usual <= 12,
                "{n_refused_of_usual} of 300 of {n}"
            );
            let n_refused_of_shifted = n_refused(&fitted, &wide_bags(3, 100, n, 8.0));
            assert!(n_refused_of_shifted >= 99, "{n_refused_of_shifted} of {n}");
        }
    }

    #[test]
    fn without_limits_of_small_bags_the_one_limit_is_for_all() -> serde_json::Result<()> {
        let fitted = fit(&wide_bags(4, 30, 16, 0.0), 40, 0.99).expect("enough bags");
        let mut json = serde_json::to_value(&fitted)?;
        let taken = json
            .as_object_mut()
            .and_then(|map| map.remove("small_bags"));
        assert!(taken.is_some(), "{json}");
        let older: Distribution = serde_json::from_value(json)?;
        let small = wide_bags(5, 100, 1, 0.0);
        assert!(n_refused(&older, &small) > 90 && n_refused(&fitted, &small) < 10);
        Ok(())
    }

    #[test]
    fn leaving_one_out_is_measuring_against_the_others() {
        let bags: Vec<BagMean> = bags(4, 30, 0.0)
            .iter()
            .map(|bag| BagMean::of(bag, 40))
            .collect();
        let quick = Moments::of(&bags).without(&bags[7]).distance(&bags[7]);
        let others = [&bags[..7], &bags[8..]].concat();
        let slow = Moments::of(&others).normal().distance(&bags[7]);
        assert!((quick - slow).abs() < 1e-9, "{quick} and {slow}");
    }

    #[test]
    fn it_is_written_compactly_and_read_back() -> serde_json::Result<()> {
        let fitted = fit(&bags(5, 20, 0.0), 40, 0.99).expect("enough bags");
        let json = serde_json::to_string(&fitted)?;
        assert!(json.len() < 700, "{json}");
        assert_eq!(serde_json::from_str::<Distribution>(&json)?, fitted);
        assert!(fitted.check(40).is_ok() && fitted.check(41).is_err());
        Ok(())
    }

    #[test]
    fn few_or_equal_bags_say_nothing() {
        assert_eq!(fit(&bags(6, 19, 0.0), 40, 0.99), None);
        assert_eq!(fit(&vec![vec![1.0, 2.0]; 30], 2, 0.99), None);
    }

    #[test]
    fn the_mean_is_over_instances() {
        let mean = BagMean::of(&[1.0, 10.0, 3.0, 20.0], 2);
        let expected = BagMean {
            values: vec![2.0, 15.0],
            n_instances: 2,
        };
        assert_eq!(mean, expected);
    }
}
