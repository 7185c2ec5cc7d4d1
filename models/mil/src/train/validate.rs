use evaluation::{auc, balanced_accuracy, quadratic_weighted_kappa};

use super::objective::Objective;
use super::sampling::whole;
use super::{BagLabel, TrainingBag};
use crate::MilError;
use crate::answers::Answers;
use crate::probabilities::{of_each_answer, probabilities};

/// What whole bags that were not learned from say of a model.
pub(super) struct Validation {
    /// Mean over the bags.
    pub(super) loss: f64,
    pub(super) metric: Option<f64>,
}

pub(super) fn validate(
    objective: &Objective<'_>,
    answers: &Answers,
    bags: &[&TrainingBag],
) -> Result<Validation, MilError> {
    let (mut total, mut of_bags) = (0.0, Vec::new());
    for bag in bags {
        let (loss, output) = objective.loss(&whole(bag)?, bag)?;
        total += f64::from(loss.to_scalar::<f32>()?);
        of_bags.push(probabilities(answers, &output.logits.to_vec1()?, 1.0));
    }
    let labels: Vec<BagLabel> = bags.iter().map(|bag| bag.label).collect();
    Ok(Validation {
        loss: total / bags.len().max(1) as f64,
        metric: metric(answers, &labels, &of_bags),
    })
}

/// The metric of [`super::EpochReport::validation_metric`].
pub(super) fn metric(
    answers: &Answers,
    labels: &[BagLabel],
    probabilities: &[Vec<f64>],
) -> Option<f64> {
    let truth: Vec<usize> = labels
        .iter()
        .map(|label| label.answer(answers))
        .collect::<Option<_>>()?;
    match answers {
        Answers::Detection { .. } => {
            let scores: Vec<f64> = probabilities.iter().map(|one| one[0]).collect();
            let truth: Vec<bool> = truth.iter().map(|&answer| answer == 1).collect();
            auc(&scores, &truth)
        }
        Answers::Classes { .. } => {
            let called = probabilities.iter().map(|one| likeliest(answers, one));
            balanced_accuracy(&truth, &called.collect::<Vec<_>>())
        }
        Answers::Grades { .. } => {
            let called = probabilities.iter();
            let called = called.map(|one| one.iter().filter(|&&p| p >= 0.5).count());
            quadratic_weighted_kappa(&truth, &called.collect::<Vec<_>>(), answers.n_answers())
        }
    }
}

fn likeliest(answers: &Answers, probabilities: &[f64]) -> usize {
    let each = of_each_answer(answers, probabilities);
    let indexed = each.iter().enumerate().rev();
    indexed
        .max_by(|a, b| a.1.total_cmp(b.1))
        .map_or(0, |(at, _)| at)
}
