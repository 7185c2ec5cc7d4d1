/// A mean weighted by `e^score`, to which rows of values are added and from which they are taken
/// again.
///
/// Weights are kept against the highest score so far (Milakov and Gimelshein 2018, algorithm 3), so
/// that no score is too large or too small for them.
#[derive(Clone, Debug)]
pub(super) struct RunningMean {
    highest: f64,
    weight: f64,
    sums: Vec<f64>,
}

/// Below this share of the weight a difference of two sums has too few digits left.
const LEAST_SHARE: f64 = 1e-6;

impl RunningMean {
    /// Of rows of so many values.
    pub(super) fn empty(width: usize) -> Self {
        Self {
            highest: f64::NEG_INFINITY,
            weight: 0.0,
            sums: vec![0.0; width],
        }
    }

    pub(super) fn add(&mut self, score: f64, values: &[f32]) {
        if score > self.highest {
            let scale = (self.highest - score).exp();
            self.weight *= scale;
            self.sums.iter_mut().for_each(|sum| *sum *= scale);
            self.highest = score;
        }
        self.move_by((score - self.highest).exp(), values);
    }

    /// The mean without rows that were added before; `None` where hardly any weight would be left:
    /// then it is to be summed anew.
    pub(super) fn without<'v>(
        &self,
        rows: impl IntoIterator<Item = (f64, &'v [f32])>,
    ) -> Option<Vec<f64>> {
        let mut rest = self.clone();
        for (score, values) in rows {
            rest.move_by(-(score - self.highest).exp(), values);
        }
        (rest.weight >= LEAST_SHARE * self.weight).then(|| rest.mean())
    }

    pub(super) fn mean(&self) -> Vec<f64> {
        self.sums.iter().map(|sum| sum / self.weight).collect()
    }

    fn move_by(&mut self, weight: f64, values: &[f32]) {
        self.weight += weight;
        for (sum, value) in self.sums.iter_mut().zip(values) {
            *sum += weight * f64::from(*value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_any_size_weigh_as_their_softmax() {
        let mut mean = RunningMean::empty(1);
        for (score, value) in [(-2000.0, 1.0), (1000.0, 2.0), (1000.0 + 3_f64.ln(), 6.0)] {
            mean.add(score, &[value]);
        }
        assert!((mean.mean()[0] - 5.0).abs() < 1e-12);
        let without = mean.without([(1000.0, &[2.0_f32][..])]);
        assert!(without.is_some_and(|mean| (mean[0] - 6.0).abs() < 1e-12));
        let nearly_nothing = [
            (1000.0, &[2.0_f32][..]),
            (1000.0 + 3_f64.ln(), &[6.0_f32][..]),
        ];
        assert_eq!(mean.without(nearly_nothing), None);
    }
}
