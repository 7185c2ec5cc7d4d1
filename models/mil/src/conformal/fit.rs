use super::{ClassQuantile, Conformal, Contiguity};
use crate::MilError;

/// A slide that the task had not learned from, what is true of it and what the task says.
#[derive(Clone, Debug, PartialEq)]
pub struct CalibrationSlide {
    /// Which of the task's answers.
    pub truth: usize,
    /// One calibrated probability an answer; they sum to 1.
    pub probabilities: Vec<f64>,
}

/// Fits one quantile for each of `labels`, the task's answers in order.
///
/// The slides must be exchangeable with those the task will see, and none may have been learned
/// from. Predictions from cross-validation are fitted on by several heads, each of which has seen
/// less than all of them together, so that their sets are a little wider than needed.
///
/// # Errors
/// If `alpha` is not between 0 and 1, or a slide's truth or probabilities do not fit `labels`.
pub fn fit_conformal(
    slides: &[CalibrationSlide],
    labels: &[String],
    contiguity: Contiguity,
    alpha: f64,
) -> Result<Conformal, MilError> {
    let does_fit = |slide: &CalibrationSlide| {
        slide.truth < labels.len() && slide.probabilities.len() == labels.len()
    };
    if let Some(at) = slides.iter().position(|slide| !does_fit(slide)) {
        return Err(MilError::Config(format!(
            "calibration slide {at} does not fit the task's {} answers",
            labels.len()
        )));
    }
    let of_class = |(class, label): (usize, &String)| {
        let slides = slides.iter().filter(|slide| slide.truth == class);
        let nonconformity = slides.map(|slide| 1.0 - slide.probabilities[class]);
        ClassQuantile::of(label, nonconformity.collect(), alpha)
    };
    let conformal = Conformal {
        alpha,
        contiguity,
        classes: labels.iter().enumerate().map(of_class).collect(),
    };
    conformal.check(labels)?;
    Ok(conformal)
}
