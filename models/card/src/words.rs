//! Figures in words.

use evaluation::{
    Estimate, IntervalMethod, Kind, Measure, Report, Suppression, Undefined, Withheld,
};

/// Three decimals: more than any interval here can hold.
pub(crate) fn number(value: f64) -> String {
    format!("{value:.3}")
}

/// `0.854 (0.760 to 0.931)`, or why there is none.
pub fn with_interval(estimate: &Estimate) -> String {
    match estimate.value() {
        Some(value) => format!("{} ({})", number(value), interval(estimate)),
        None => interval(estimate),
    }
}

/// `0.760 to 0.931`, or why there is none.
pub(crate) fn interval(estimate: &Estimate) -> String {
    match estimate {
        Estimate::Measured { interval, .. } => {
            let sign = match interval.method {
                IntervalMethod::Bootstrap => "",
                IntervalMethod::Wilson => " *",
            };
            format!(
                "{} to {}{sign}",
                number(interval.low),
                number(interval.high)
            )
        }
        Estimate::WithoutInterval { withheld, .. } => match withheld {
            Withheld::OftenUndefined => "no interval: often undefined when resampled",
            Withheld::NoSpread => "no interval: the same in every resample",
        }
        .to_owned(),
        Estimate::Undefined { reason } => format!("undefined: {}", undefined(*reason)),
    }
}

pub(crate) fn n_slides(estimate: &Estimate) -> Option<usize> {
    match estimate {
        Estimate::Measured { n, .. } | Estimate::WithoutInterval { n, .. } => Some(*n),
        Estimate::Undefined { .. } => None,
    }
}

fn undefined(reason: Undefined) -> String {
    reason.to_string()
}

/// The figure a task of this kind is judged by first.
pub(crate) fn leading(kind: Kind) -> Measure {
    match kind {
        Kind::Binary { .. } | Kind::Classes => Measure::Auc,
        Kind::Grades => Measure::QuadraticWeightedKappa,
    }
}

/// What a person calls a figure.
pub fn name(measure: Measure) -> &'static str {
    match measure {
        Measure::Auc => "AUC",
        Measure::Sensitivity => "Sensitivity",
        Measure::Specificity => "Specificity",
        Measure::PositivePredictiveValue => "Positive predictive value",
        Measure::NegativePredictiveValue => "Negative predictive value",
        Measure::Accuracy => "Accuracy",
        Measure::BalancedAccuracy => "Balanced accuracy",
        Measure::QuadraticWeightedKappa => "Kappa, quadratic weights",
        Measure::OffByTwoOrMore => "Two grades off or more",
        Measure::ExpectedCalibrationError => "Expected calibration error",
        Measure::Brier => "Brier score",
    }
}

/// What a figure says, and which end is good.
pub(crate) fn meaning(measure: Measure, report: &Report) -> String {
    let several = report.classes.len() > 2;
    match measure {
        Measure::Auc if several => {
            "how well each class is told from the rest, averaged; 0.5 is chance".to_owned()
        }
        Measure::Auc => {
            "chance that a positive slide scores above a negative one; 0.5 is chance".to_owned()
        }
        Measure::Sensitivity => format!("positive slides called so{}", from_threshold(report)),
        Measure::Specificity => format!("negative slides called so{}", from_threshold(report)),
        Measure::PositivePredictiveValue => {
            "positive calls that are right; falls where the finding is rarer than here".to_owned()
        }
        Measure::NegativePredictiveValue => {
            "negative calls that are right; falls where the finding is commoner".to_owned()
        }
        Measure::Accuracy => "slides called right".to_owned(),
        Measure::BalancedAccuracy => "mean over the classes of slides called right".to_owned(),
        Measure::QuadraticWeightedKappa => {
            "agreement beyond chance, distant grades weigh more; 1 is agreement".to_owned()
        }
        Measure::OffByTwoOrMore => "slides called two grades or more beside the truth".to_owned(),
        Measure::ExpectedCalibrationError => {
            "mean gap between how sure it is and how often right; 0 is best, \
             few slides push it up"
                .to_owned()
        }
        Measure::Brier => format!(
            "squared distance of probabilities from the truth; 0 is best, {} worst",
            if several || report.kind == Kind::Grades {
                2
            } else {
                1
            }
        ),
    }
}

fn from_threshold(report: &Report) -> String {
    match report.kind {
        Kind::Binary { threshold } => format!(", from a probability of {} on", number(threshold)),
        Kind::Classes | Kind::Grades => String::new(),
    }
}

pub(crate) fn suppression(reason: Suppression, report: &Report) -> String {
    let cases = match report.n_patients {
        Some(_) => "patients",
        None => "slides",
    };
    match reason {
        Suppression::FewerThanTenCases => format!("not shown: fewer than 10 {cases}"),
        Suppression::FewerThanFiveCasesOfAClass => {
            format!("not shown: fewer than 5 {cases} of a class")
        }
    }
}

/// `95`, of a level of 0.95.
pub(crate) fn percent(level: f64) -> String {
    format!("{:.0}", level * 100.0)
}
