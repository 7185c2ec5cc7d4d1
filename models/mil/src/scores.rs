use flow::{Call, Grade, PredictionSet};

/// A task's answer for one bag.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// Calibrated probability of the positive class, from 0 to 1.
    pub probability: f64,
    /// `call` is positive from this probability on.
    pub threshold: f64,
    pub call: Call,
    /// Only where the task grades and the call is positive.
    pub grade: Option<Grade>,
    /// Where the task is calibrated for it.
    pub set: Option<PredictionSet>,
    /// One value an instance; they sum to 1.
    pub attention: Vec<f32>,
    /// Probability of the positive class with each instance as the whole bag.
    pub tile_probability: Vec<f32>,
}
