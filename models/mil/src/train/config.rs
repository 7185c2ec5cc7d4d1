use parameters::{AdamWConfig, OneCycle, Seed};
use serde::{Deserialize, Serialize};

/// How a head is trained.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    pub seed: Seed,
    /// At most this many passes over the bags.
    pub epochs: u32,
    /// Stop after this many epochs without a lower validation loss.
    pub patience: u32,
    pub bags_per_step: usize,
    /// At most this many instances of a bag in a step, drawn anew each time.
    pub instances_per_bag: usize,
    /// Share of the bags kept for early stopping, calibration and the threshold.
    pub validation_share: f64,
    pub learning_rate: OneCycle,
    #[serde(default)]
    pub optimiser: AdamWConfig,
    /// Largest Euclidean norm of a step's gradient.
    pub clip_norm: f64,
    /// Weight of the grade's loss; the detection's is 1.
    pub grade_weight: f64,
    /// Weight of the losses that teach attention and tile probability where the finding lies; only
    /// bags with evidence have them.
    pub evidence_weight: f64,
}
