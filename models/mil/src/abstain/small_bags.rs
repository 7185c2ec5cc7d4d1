use serde::{Deserialize, Serialize};

use super::BagMean;
use super::moments::Normal;

/// How far the mean of a bag may lie that is smaller than most of those in training.
///
/// A biopsy of ten tiles strays farther from the usual mean than a resection of a thousand, though
/// nothing is odd about its tissue. How far depends on how alike neighbouring tiles are, so it is
/// read off pieces of the training bags rather than off a formula for independent tiles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SmallBags {
    /// Half of the training bags have at least as many instances. Bags that have are whole.
    usual_size: usize,
    /// Of bags of at least 1, 2, 4, 8, ... instances.
    limits: Vec<f64>,
}

/// Pieces of each size that are taken of a bag, evenly spaced.
const PIECES: usize = 4;

impl SmallBags {
    /// `bags` of `n * dimension` values, instances in the order of their places on the slide;
    /// `others` says of each bag what all others are like; `limit` makes a limit of the distances
    /// of pieces. `None` where half of the bags have one instance.
    pub(super) fn fit(
        bags: &[&[f32]],
        dimension: u32,
        others: &[Normal],
        limit: impl Fn(Vec<f64>) -> f64,
    ) -> Option<Self> {
        let mut sizes: Vec<usize> = bags
            .iter()
            .map(|bag| bag.len() / dimension as usize)
            .collect();
        sizes.sort_unstable();
        let usual_size = sizes[sizes.len() / 2];
        let distances = |size: usize| {
            let each = bags.iter().zip(others);
            let each = each.flat_map(|(bag, others)| {
                pieces(bag, dimension, size).map(|piece| others.distance(&piece))
            });
            each.collect()
        };
        let sizes = (0..)
            .map(|power| 1 << power)
            .take_while(|&size| size < usual_size);
        let limits: Vec<f64> = sizes.map(|size| limit(distances(size))).collect();
        (!limits.is_empty()).then_some(Self { usual_size, limits })
    }

    /// `None` for a bag that is not small.
    pub(super) fn limit(&self, n_instances: usize) -> Option<f64> {
        let power = n_instances.max(1).ilog2() as usize;
        let at = power.min(self.limits.len().checked_sub(1)?);
        (n_instances < self.usual_size).then(|| self.limits[at])
    }
}

/// Runs of `size` instances that lie next to each other; none of a smaller bag.
fn pieces(bag: &[f32], dimension: u32, size: usize) -> impl Iterator<Item = BagMean> {
    let width = dimension as usize;
    let n_instances = bag.len() / width;
    let n_pieces = (n_instances / size).min(PIECES);
    (0..n_pieces).map(move |piece| {
        let spare = n_instances - size;
        let first = (spare * piece)
            .checked_div(n_pieces - 1)
            .unwrap_or(spare / 2);
        BagMean::of(&bag[first * width..(first + size) * width], dimension)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_spread_over_the_bag() {
        let bag: Vec<f32> = (0_u8..10).map(f32::from).collect();
        let firsts = |size: usize| -> Vec<f64> {
            let half = (size as f64 - 1.0) / 2.0;
            pieces(&bag, 1, size)
                .map(|piece| piece.values[0] - half)
                .collect()
        };
        assert_eq!(firsts(1), [0.0, 3.0, 6.0, 9.0]);
        assert_eq!(firsts(4), [0.0, 6.0]);
        assert_eq!(firsts(8), [1.0]);
        assert!(firsts(11).is_empty());
    }

    #[test]
    fn the_limit_is_that_of_the_next_smaller_size() {
        let small = SmallBags {
            usual_size: 6,
            limits: vec![9.0, 5.0, 3.0],
        };
        let limits = [0, 1, 2, 3, 4, 5, 6, 600].map(|n| small.limit(n));
        let expected = [
            Some(9.0),
            Some(9.0),
            Some(5.0),
            Some(5.0),
            Some(3.0),
            Some(3.0),
        ];
        assert_eq!(limits[..6], expected);
        assert_eq!(limits[6..], [None, None]);
    }
}
