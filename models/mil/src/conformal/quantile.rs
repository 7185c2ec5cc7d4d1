use serde::{Deserialize, Serialize};

/// How unlikely a class may be given before it is ruled out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassQuantile {
    pub label: String,
    /// Calibration slides of this class.
    pub n_slides: u32,
    /// The class stays in the set while 1 minus its probability is at most this; `None` where there
    /// were fewer slides than [`needed`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f64>,
}

impl ClassQuantile {
    /// `nonconformity` has 1 minus the probability of the true class for each slide of the class.
    ///
    /// The quantile is the `ceil((n + 1) (1 - alpha))`-th smallest of n values. A further slide is
    /// equally likely to come at any of n + 1 places among them, so it lies at or below that one
    /// with a probability of at least 1 - alpha.
    pub(super) fn of(label: &str, mut nonconformity: Vec<f64>, alpha: f64) -> Self {
        nonconformity.sort_by(f64::total_cmp);
        let rank = rank(nonconformity.len(), alpha);
        let at = rank.checked_sub(1);
        Self {
            label: label.to_owned(),
            n_slides: nonconformity.len() as u32,
            quantile: at.and_then(|at| nonconformity.get(at)).copied(),
        }
    }
}

/// Calibration slides of a class without which nothing can be ruled out: `ceil(1 / alpha) - 1`.
pub(super) fn needed(alpha: f64) -> u32 {
    (1.0 / alpha - SLACK).ceil() as u32 - 1
}

/// Counted from 1.
fn rank(n: usize, alpha: f64) -> usize {
    ((n as f64 + 1.0) * (1.0 - alpha) - SLACK).ceil() as usize
}

/// Keeps 10 * (1 - 0.1) = 9.000000000000002 from counting as more than 9.
const SLACK: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rank_is_that_of_n_plus_one_places() {
        assert_eq!([9, 19, 20, 99].map(|n| rank(n, 0.1)), [9, 18, 19, 90]);
        assert_eq!([0.5, 0.1, 0.05, 0.15].map(needed), [1, 9, 19, 6]);
        for alpha in [0.5, 0.3, 0.15, 0.1, 0.05, 0.01] {
            let fewest = needed(alpha) as usize;
            assert!(rank(fewest, alpha) <= fewest, "{alpha}");
            assert!(rank(fewest - 1, alpha) > fewest - 1, "{alpha}");
        }
    }

    #[test]
    fn too_few_slides_have_no_quantile() {
        let of = |n: u32| {
            let values = (0..n).rev().map(|i| f64::from(i) / 10.0);
            ClassQuantile::of("a", values.collect(), 0.1)
        };
        assert_eq!((of(8).quantile, of(8).n_slides), (None, 8));
        assert_eq!(of(9).quantile, Some(0.8));
        assert_eq!(of(0).quantile, None);
    }
}
