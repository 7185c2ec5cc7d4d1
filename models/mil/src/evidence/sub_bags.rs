use candle_core::Tensor;

use crate::MilError;

/// What a head says of a part of a bag.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct HeadScore {
    /// One a class, before calibration.
    pub(super) logits: Vec<f64>,
    /// Of the grade, before its thresholds; 0 where the head does not grade.
    pub(super) severity: f64,
}

impl HeadScore {
    /// Of a head that does not grade: logits of shape (n_classes).
    pub(super) fn of_logits(logits: &Tensor) -> candle_core::Result<Self> {
        let logits = logits.to_vec1::<f32>()?;
        Ok(Self {
            logits: logits.into_iter().map(f64::from).collect(),
            severity: 0.0,
        })
    }
}

/// What a task says of a part of a bag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PartScore {
    /// Calibrated log-odds of the finding; see [`flow::Evidence`].
    pub(super) log_odds: f64,
    /// Whether the part gets the answer, and the grade, of the whole bag.
    pub(super) is_same_answer: bool,
}

/// A bag of which any part can be scored. Instances go by their place in the bag.
pub(super) trait SubBags<Score> {
    fn n_instances(&self) -> usize;

    /// So many parts as large as the bag can be scored in reasonable time.
    fn most_scores(&self) -> usize {
        usize::MAX
    }

    /// Of all instances but `left_out`: each once, and not all there are.
    fn without(&self, left_out: &[usize]) -> Result<Score, MilError>;

    /// An empty part to add instances to.
    fn grow(&self) -> Box<dyn Growing<Score> + '_>;

    /// Of `instances` alone: at least one, each once.
    fn of(&self, instances: &[usize]) -> Result<Score, MilError> {
        let mut part = self.grow();
        for &instance in instances {
            part.add(instance);
        }
        part.score()
    }
}

/// A part of a bag to which instances are added one by one, each once.
pub(super) trait Growing<Score> {
    fn add(&mut self, instance: usize);

    /// Of what was added, at least one instance.
    fn score(&mut self) -> Result<Score, MilError>;
}

/// Every instance of `n_instances` that is not left out, in order.
pub(super) fn remaining(n_instances: usize, left_out: &[usize]) -> Vec<usize> {
    let mut is_left = vec![true; n_instances];
    for &instance in left_out {
        is_left[instance] = false;
    }
    (0..n_instances)
        .filter(|&instance| is_left[instance])
        .collect()
}
