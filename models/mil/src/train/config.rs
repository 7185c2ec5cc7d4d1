use parameters::{AdamWConfig, OneCycle, Seed};
use serde::{Deserialize, Serialize};

use crate::MilError;

/// How a head is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainConfig {
    pub seed: Seed,
    /// At most this many passes over the bags.
    pub epochs: u32,
    /// Stop after this many epochs without a lower validation loss.
    pub patience: u32,
    pub bags_per_step: usize,
    /// At most this many instances of a bag in a step, drawn anew each time.
    pub instances_per_bag: usize,
    /// Share of the bags kept for early stopping; of a single head also for calibration and the
    /// threshold.
    pub validation_share: f64,
    pub learning_rate: OneCycle,
    pub optimiser: AdamWConfig,
    /// Largest Euclidean norm of a step's gradient.
    pub clip_norm: f64,
    /// Weight of the loss of a finding's grade; the detection's is 1.
    pub grade_weight: f64,
    /// Weight of the losses that teach attention and tile probability where the finding lies; only
    /// bags with evidence have them.
    pub evidence_weight: f64,
    pub class_weights: ClassWeights,
    pub dropout: Dropout,
    pub clustering: Clustering,
}

/// What a bag's loss is multiplied by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassWeights {
    /// 1 for every answer.
    #[default]
    Even,
    /// `n / (k n_c)` for an answer that n_c of n training bags have, of k answers: every answer
    /// weighs the same, a bag 1 on average.
    InverseFrequency,
    /// One for each answer, in the order of the task's answers.
    Given(Vec<f64>),
}

/// What training leaves out at random; scoring leaves out nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dropout {
    /// Chance of each value of an embedding to be 0; the others grow to make up for it
    /// (Srivastava et al. 2014).
    pub values: f64,
    /// Chance of each instance to be missing from its bag.
    pub instances: f64,
}

/// The instance clustering of CLAM (Lu et al. 2021, methods): the most and least attended instances
/// of a bag are told apart. Only the CLAM heads have it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Clustering {
    /// Instances at either end.
    pub instances: usize,
    /// Share of the loss; the bag's has the rest.
    pub weight: f64,
}

impl Default for Clustering {
    fn default() -> Self {
        Self {
            instances: 8,
            weight: 0.3,
        }
    }
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            seed: Seed(1),
            epochs: 60,
            patience: 15,
            bags_per_step: 8,
            instances_per_bag: 2048,
            validation_share: 0.2,
            learning_rate: OneCycle {
                max_rate: 1e-3,
                warm_up: 0.2,
            },
            optimiser: AdamWConfig::default(),
            clip_norm: 1.0,
            grade_weight: 1.0,
            evidence_weight: 1.0,
            class_weights: ClassWeights::Even,
            dropout: Dropout::default(),
            clustering: Clustering::default(),
        }
    }
}

impl TrainConfig {
    pub(super) fn check(&self, n_answers: usize) -> Result<(), MilError> {
        let share = |name: &str, value: f64| match (0.0..1.0).contains(&value) {
            true => Ok(()),
            false => wrong(format!("{name} {value} is not at least 0 and below 1")),
        };
        share("dropout.values", self.dropout.values)?;
        share("dropout.instances", self.dropout.instances)?;
        share("clustering.weight", self.clustering.weight)?;
        share("validation_share", self.validation_share)?;
        if self.epochs == 0 || self.instances_per_bag == 0 {
            return wrong("epochs and instances_per_bag must be at least 1".to_owned());
        }
        match &self.class_weights {
            ClassWeights::Given(weights)
                if weights.len() != n_answers
                    || weights.iter().any(|w| !w.is_finite() || *w < 0.0) =>
            {
                wrong(format!(
                    "class_weights needs {n_answers} numbers from 0 up, one for each answer"
                ))
            }
            _ => Ok(()),
        }
    }
}

impl ClassWeights {
    /// One for each answer; `answers` are those of the training bags.
    pub(super) fn of(&self, answers: &[usize], n_answers: usize) -> Vec<f64> {
        match self {
            Self::Even => vec![1.0; n_answers],
            Self::Given(weights) => weights.clone(),
            Self::InverseFrequency => {
                let count = |answer| answers.iter().filter(|&&found| found == answer).count();
                let weight =
                    |answer| answers.len() as f64 / (n_answers * count(answer).max(1)) as f64;
                (0..n_answers).map(weight).collect()
            }
        }
    }
}

fn wrong(text: String) -> Result<(), MilError> {
    Err(MilError::Training(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_answers_weigh_more() {
        let answers = [0, 0, 0, 1];
        let weights = ClassWeights::InverseFrequency.of(&answers, 2);
        assert!((weights[0] - 2.0 / 3.0).abs() < 1e-12 && weights[1] == 2.0);
        assert_eq!(ClassWeights::Even.of(&answers, 2), [1.0, 1.0]);
        let given = ClassWeights::Given(vec![1.0, 5.0]);
        assert_eq!(given.of(&answers, 2), [1.0, 5.0]);
    }
}
