use flow::{Call, ClassProbability, Grade, PredictionSet};

/// A task's answer for one bag.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// Calibrated probability of the positive class, of a grade above the lowest, or of the class
    /// that is called; from 0 to 1.
    pub probability: f64,
    /// `call` is positive from this probability on.
    pub threshold: f64,
    pub call: Call,
    /// Only where the task grades; of a detection only where the call is positive.
    pub grade: Option<Grade>,
    /// Which of [`crate::Answers::names`] is called.
    pub answer: usize,
    /// Calibrated, one for each of [`crate::Answers::names`]; they sum to 1.
    pub answer_probabilities: Vec<f64>,
    /// Where the task is calibrated for it.
    pub set: Option<PredictionSet>,
    /// One a class where the task answers with one of several classes, else none.
    pub class_probabilities: Vec<ClassProbability>,
    /// One value an instance; they sum to 1.
    pub attention: Vec<f32>,
    /// The same probability with each instance as the whole bag.
    pub tile_probability: Vec<f32>,
}
