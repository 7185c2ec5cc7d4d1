use super::{HeldOut, TrainingBag};
use crate::answers::Answers;
use crate::{CalibrationSlide, Contiguity, MilError, TaskFile, fit_conformal, fit_distribution};

/// The share of slides of a class whose true answer a set may miss.
const ALPHA: f64 = 0.1;

/// The share of training bags that count as usual.
const USUAL: f64 = 0.99;

/// Fits the task's sets to what heads said of bags they had not learned from, and what is usual to
/// all bags.
///
/// The temperature was fitted to the same bags; it is one number for all of them, and what that
/// takes from the sets' promise is small beside the chance of the draw.
pub(super) fn learn_to_abstain<'a>(
    file: &mut TaskFile,
    bags: &[TrainingBag],
    held_out: impl Iterator<Item = &'a HeldOut>,
) -> Result<(), MilError> {
    let slides = held_out.filter_map(|one| {
        Some(CalibrationSlide {
            truth: bags[one.bag].label.answer(&file.answers)?,
            probabilities: one.probabilities.clone(),
        })
    });
    let slides: Vec<CalibrationSlide> = slides.collect();
    let contiguity = match file.answers {
        Answers::Grades { .. } => Contiguity::Contiguous,
        Answers::Detection { .. } | Answers::Classes { .. } => Contiguity::AnySubset,
    };
    let fitted = fit_conformal(&slides, &file.answers.names(), contiguity, ALPHA)?;
    file.conformal = Some(fitted);
    let embeddings: Vec<&[f32]> = bags.iter().map(|bag| &bag.embeddings[..]).collect();
    file.distribution = fit_distribution(&embeddings, file.head.dimension(), USUAL);
    Ok(())
}
