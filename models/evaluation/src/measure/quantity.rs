use serde::{Deserialize, Serialize};

use super::calibration_error::calibration_error;
use super::operating_point::{Share, accuracy, off_by_two, precision, recall};
use super::{Undefined, auc, balanced_accuracy, brier, quadratic_weighted_kappa};
use crate::{Answers, Kind};

/// What is measured of all slides together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Area under the ROC curve; of more than two classes the mean of each against the rest.
    Auc,
    Sensitivity,
    Specificity,
    /// Share of the positive calls that are right: depends on how common the finding is.
    PositivePredictiveValue,
    NegativePredictiveValue,
    Accuracy,
    BalancedAccuracy,
    /// Cohen's kappa with quadratic weights.
    QuadraticWeightedKappa,
    /// Share of slides called two grades or more beside the truth.
    OffByTwoOrMore,
    ExpectedCalibrationError,
    Brier,
}

/// One number of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantity {
    Of(Measure),
    /// Of the slides of this class, the share called so.
    Recall(usize),
}

/// A value and the number of slides it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reading {
    pub(crate) value: f64,
    pub(crate) n: usize,
    /// Whether it counts slides out of `n`.
    pub(crate) is_share: bool,
}

/// What can be said of answers of this kind.
pub(crate) fn quantities(kind: Kind, n_classes: usize) -> Vec<Quantity> {
    use Measure::{
        Accuracy, Auc, BalancedAccuracy, Brier, ExpectedCalibrationError, NegativePredictiveValue,
        OffByTwoOrMore, PositivePredictiveValue, QuadraticWeightedKappa, Sensitivity, Specificity,
    };
    let own: &[Measure] = match kind {
        Kind::Binary { .. } => &[
            Sensitivity,
            Specificity,
            PositivePredictiveValue,
            NegativePredictiveValue,
        ],
        Kind::Classes => &[],
        Kind::Grades => &[QuadraticWeightedKappa, OffByTwoOrMore],
    };
    let every = [
        Auc,
        Accuracy,
        BalancedAccuracy,
        ExpectedCalibrationError,
        Brier,
    ];
    let recalls = (0..n_classes).map(Quantity::Recall);
    let measures = every.iter().chain(own).copied().map(Quantity::Of);
    measures.chain(recalls).collect()
}

impl Quantity {
    pub(crate) fn read(self, answers: &Answers) -> Result<Reading, Undefined> {
        let all = |value: Option<f64>, why| reading(value, answers.n_slides(), why);
        match self {
            Self::Recall(class) => recall(answers, class).map(Reading::from),
            Self::Of(measure) => match measure {
                Measure::Auc => all(macro_auc(answers), Undefined::ClassAbsent),
                Measure::Sensitivity => recall(answers, 1).map(Reading::from),
                Measure::Specificity => recall(answers, 0).map(Reading::from),
                Measure::PositivePredictiveValue => precision(answers, 1).map(Reading::from),
                Measure::NegativePredictiveValue => precision(answers, 0).map(Reading::from),
                Measure::Accuracy => accuracy(answers).map(Reading::from),
                Measure::OffByTwoOrMore => off_by_two(answers).map(Reading::from),
                Measure::BalancedAccuracy => all(every_recall(answers), Undefined::ClassAbsent),
                Measure::QuadraticWeightedKappa => all(kappa(answers), Undefined::OneGradeOnly),
                Measure::ExpectedCalibrationError => {
                    let (confidence, is_right) = answers.confidence();
                    all(
                        calibration_error(&confidence, &is_right),
                        Undefined::NoSlides,
                    )
                }
                Measure::Brier => all(brier_of(answers), Undefined::NoSlides),
            },
        }
    }
}

impl From<Share> for Reading {
    fn from(share: Share) -> Self {
        Self {
            value: share.part as f64 / share.whole as f64,
            n: share.whole,
            is_share: true,
        }
    }
}

fn reading(value: Option<f64>, n: usize, otherwise: Undefined) -> Result<Reading, Undefined> {
    let reading = value.map(|value| Reading {
        value,
        n,
        is_share: false,
    });
    reading.ok_or(otherwise)
}

/// `None` unless every class occurs.
fn macro_auc(answers: &Answers) -> Option<f64> {
    if let Kind::Binary { .. } = answers.kind {
        return auc(&answers.probability_of(1), &answers.is_truly(1));
    }
    let n_classes = answers.classes.len();
    let of_class = |class| auc(&answers.probability_of(class), &answers.is_truly(class));
    let all: Option<Vec<f64>> = (0..n_classes).map(of_class).collect();
    Some(all?.iter().sum::<f64>() / n_classes as f64)
}

/// Balanced accuracy over all classes; `None` unless every class occurs.
fn every_recall(answers: &Answers) -> Option<f64> {
    let occurs = |class: usize| answers.truth.contains(&class);
    let all_occur = (0..answers.classes.len()).all(occurs);
    balanced_accuracy(&answers.truth, &answers.called).filter(|_| all_occur)
}

fn kappa(answers: &Answers) -> Option<f64> {
    quadratic_weighted_kappa(&answers.truth, &answers.called, answers.classes.len())
}

/// Of a binary task the score of the positive class alone.
fn brier_of(answers: &Answers) -> Option<f64> {
    let sum = brier(&answers.probabilities, &answers.truth)?;
    Some(match answers.kind {
        Kind::Binary { .. } => sum / 2.0,
        Kind::Classes | Kind::Grades => sum,
    })
}
