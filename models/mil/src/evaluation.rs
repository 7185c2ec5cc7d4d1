use ::evaluation::{auc, balanced_accuracy, quadratic_weighted_kappa};

use crate::train::{BagLabel, TrainingBag};
use crate::{MilError, Scores, Task};

/// What a task said about one bag and what was true.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub name: String,
    pub truth: BagLabel,
    pub scores: Scores,
    /// Whether the most attended instance holds any of the finding; `None` where the bag is
    /// negative or its evidence is not known.
    pub hottest_is_evidence: Option<bool>,
}

/// How good a task is on bags it has not seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    pub n_bags: usize,
    /// Of the detection.
    pub auc: Option<f64>,
    /// Of the detection at the task's threshold, or of classes.
    pub balanced_accuracy: Option<f64>,
    /// Over bags with a known grade; one that is not graded counts as grade 0.
    pub grade_kappa: Option<f64>,
    /// Positive bags with known evidence whose most attended instance holds some, and all such.
    pub hottest_in_evidence: (usize, usize),
}

impl Outcome {
    pub fn of(task: &Task, bag: &TrainingBag) -> Result<Self, MilError> {
        let scores = task.score_knowing(&bag.embeddings, bag.dimension, &bag.covariates)?;
        let hottest = hottest(&scores.attention);
        let evidence = bag.evidence.as_ref().filter(|_| bag.label.is_positive());
        Ok(Self {
            name: bag.name.clone(),
            truth: bag.label,
            hottest_is_evidence: evidence.map(|evidence| evidence[hottest] > 0.0),
            scores,
        })
    }

    /// The true answer and the one called, as numbers that are equal where these are.
    fn answers(&self) -> (usize, usize) {
        match self.truth {
            BagLabel::Negative => (0, usize::from(self.scores.call.is_positive)),
            BagLabel::Positive(_) => (1, usize::from(self.scores.call.is_positive)),
            BagLabel::Grade(grade) => (grade.into(), self.grade().into()),
            BagLabel::Class(class) => {
                let classes = &self.scores.class_probabilities;
                let is_called = |label: &str| label == self.scores.call.label;
                let called = classes.iter().position(|class| is_called(&class.label));
                (class, called.unwrap_or(usize::MAX))
            }
        }
    }

    /// 0 where the task gives none.
    fn grade(&self) -> u8 {
        self.scores.grade.as_ref().map_or(0, |grade| grade.value)
    }
}

impl Evaluation {
    pub fn of(outcomes: &[Outcome]) -> Self {
        let is_positive: Vec<bool> = outcomes.iter().map(|o| o.truth.is_positive()).collect();
        let (truth, called): (Vec<usize>, Vec<usize>) =
            outcomes.iter().map(Outcome::answers).unzip();
        let probabilities: Vec<f64> = outcomes.iter().map(|o| o.scores.probability).collect();
        let hottest: Vec<bool> = outcomes
            .iter()
            .filter_map(|outcome| outcome.hottest_is_evidence)
            .collect();
        Self {
            n_bags: outcomes.len(),
            auc: auc(&probabilities, &is_positive),
            balanced_accuracy: balanced_accuracy(&truth, &called),
            grade_kappa: grade_kappa(outcomes),
            hottest_in_evidence: (hottest.iter().filter(|&&hit| hit).count(), hottest.len()),
        }
    }
}

fn grade_kappa(outcomes: &[Outcome]) -> Option<f64> {
    let grades = outcomes.iter().filter_map(|outcome| {
        Some((
            usize::from(outcome.truth.grade()?),
            usize::from(outcome.grade()),
        ))
    });
    let (truth, called): (Vec<usize>, Vec<usize>) = grades.unzip();
    let highest = truth.iter().chain(&called).max()?;
    quadratic_weighted_kappa(&truth, &called, highest + 1)
}

fn hottest(attention: &[f32]) -> usize {
    let indexed = attention.iter().enumerate();
    indexed
        .max_by(|a, b| a.1.total_cmp(b.1))
        .map_or(0, |(index, _)| index)
}
