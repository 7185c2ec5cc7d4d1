use serde::{Deserialize, Serialize};

/// The answers that cannot be ruled out for a slide.
///
/// Of slides like those it was calibrated on, at least `1 - alpha` of each class have their true
/// answer in the set (class-conditional split conformal prediction; Vovk 2012, for pathology Olsson
/// et al. 2022). One label is a call, several leave it open, none says that the slide is like none
/// of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictionSet {
    /// In the task's order.
    pub labels: Vec<String>,
    /// The share of slides of a class that may miss their true answer.
    pub alpha: f64,
    pub basis: SetBasis,
}

/// What a set rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SetBasis {
    Calibrated,
    /// There were too few calibration slides of a class to rule anything out at this `alpha`, so
    /// the set holds every answer.
    TooFewCalibrationSlides {
        label: String,
        n_slides: u32,
        needed: u32,
    },
}
