/// A mean weighted by `e^score`, to which values are added and from which they are taken again.
///
/// Weights are kept against the highest score so far (Milakov and Gimelshein 2018, algorithm 3), so
/// that no score is too large or too small for them.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunningMean<const N: usize> {
    highest: f64,
    weight: f64,
    sums: [f64; N],
}

/// Below this share of the weight a difference of two sums has too few digits left.
const LEAST_SHARE: f64 = 1e-6;

impl<const N: usize> RunningMean<N> {
    pub(super) const EMPTY: Self = Self {
        highest: f64::NEG_INFINITY,
        weight: 0.0,
        sums: [0.0; N],
    };

    pub(super) fn add(&mut self, score: f64, values: [f64; N]) {
        if score > self.highest {
            let scale = (self.highest - score).exp();
            self.weight *= scale;
            self.sums = self.sums.map(|sum| sum * scale);
            self.highest = score;
        }
        self.move_by((score - self.highest).exp(), values);
    }

    /// The mean without values that were added before; `None` where hardly any weight would be
    /// left: then it is to be summed anew.
    pub(super) fn without(
        &self,
        values: impl IntoIterator<Item = (f64, [f64; N])>,
    ) -> Option<[f64; N]> {
        let mut rest = *self;
        for (score, values) in values {
            rest.move_by(-(score - self.highest).exp(), values);
        }
        (rest.weight >= LEAST_SHARE * self.weight).then(|| rest.mean())
    }

    pub(super) fn mean(&self) -> [f64; N] {
        self.sums.map(|sum| sum / self.weight)
    }

    fn move_by(&mut self, weight: f64, values: [f64; N]) {
        self.weight += weight;
        for (sum, value) in self.sums.iter_mut().zip(values) {
            *sum += weight * value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_any_size_weigh_as_their_softmax() {
        let mut mean = RunningMean::EMPTY;
        for (score, value) in [(-2000.0, 1.0), (1000.0, 2.0), (1000.0 + 3_f64.ln(), 6.0)] {
            mean.add(score, [value]);
        }
        assert!((mean.mean()[0] - 5.0).abs() < 1e-12);
        let without = mean.without([(1000.0, [2.0])]);
        assert!(without.is_some_and(|[mean]| (mean - 6.0).abs() < 1e-12));
        let nearly_nothing = [(1000.0, [2.0]), (1000.0 + 3_f64.ln(), [6.0])];
        assert_eq!(mean.without(nearly_nothing), None);
    }
}
