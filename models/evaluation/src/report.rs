use std::collections::BTreeMap;

use serde::Serialize;

use crate::bootstrap::{Bootstrap, Unit, Units};
use crate::measure::{Quantity, estimates, quantities};
use crate::picture::{MOST_BINS, SLIDES_A_BIN, equal_mass_bins, histograms, roc_curves};
use crate::subgroup::subgroups;
use crate::{
    Answers, Bin, Confusion, Estimate, EvaluationError, Histogram, Kind, Measure, Predictions,
    RocCurve, Subgroups,
};

/// Everything measured of one table of predictions. Names no slide and no patient.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub kind: Kind,
    pub n_slides: usize,
    /// Where patients are known.
    pub n_patients: Option<usize>,
    pub classes: Vec<ClassSummary>,
    pub method: Method,
    #[serde(flatten)]
    pub figures: Figures,
    pub confusion: Confusion,
    pub roc: Vec<RocCurve>,
    pub reliability: Vec<Bin>,
    pub histograms: Vec<Histogram>,
    pub subgroups: Vec<Subgroups>,
}

/// The figures of some slides.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    pub figures: BTreeMap<Measure, Estimate>,
    /// Of the slides of each class, the share called so; in the order of the classes.
    pub recall: Vec<Estimate>,
}

/// How often a class occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassSummary {
    pub name: String,
    pub n_slides: usize,
    pub n_patients: Option<usize>,
}

/// How the figures were made.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Method {
    #[serde(flatten)]
    pub bootstrap: Bootstrap,
    pub unit: Unit,
    /// Whether units were drawn within strata of the classes they hold, because one is rare.
    pub is_stratified: bool,
    /// In words, for whoever reads the figures without this code.
    pub calibration_bins: String,
    pub undefined_resamples: String,
}

impl Report {
    /// Measures all slides, then each subgroup.
    ///
    /// # Errors
    /// If there is no slide or there are too few resamples.
    pub fn of(predictions: &Predictions, config: &Bootstrap) -> Result<Self, EvaluationError> {
        config.check()?;
        let answers = &predictions.answers;
        if answers.n_slides() == 0 {
            return Err(EvaluationError::Empty);
        }
        let cases = predictions.cases();
        let units = Units::of(predictions);
        let (confidence, is_right) = answers.confidence();
        Ok(Self {
            kind: answers.kind,
            n_slides: answers.n_slides(),
            n_patients: predictions.patients.as_ref().map(|_| cases.len()),
            classes: classes(predictions, &cases),
            method: method(predictions, config, &units),
            figures: figures(answers, config, &units),
            confusion: Confusion::of(answers),
            roc: roc_curves(answers, config, &units),
            reliability: equal_mass_bins(&confidence, &is_right),
            histograms: histograms(answers),
            subgroups: subgroups(predictions, config),
        })
    }
}

pub(crate) fn figures(answers: &Answers, config: &Bootstrap, units: &Units) -> Figures {
    let quantities = quantities(answers.kind, answers.classes.len());
    let estimates = estimates(answers, &quantities, config, units);
    let mut figures = Figures {
        figures: BTreeMap::new(),
        recall: Vec::new(),
    };
    for (quantity, estimate) in quantities.into_iter().zip(estimates) {
        match quantity {
            Quantity::Of(measure) => {
                figures.figures.insert(measure, estimate);
            }
            Quantity::Recall(_) => figures.recall.push(estimate),
        }
    }
    figures
}

fn classes(predictions: &Predictions, cases: &[Vec<usize>]) -> Vec<ClassSummary> {
    let answers = &predictions.answers;
    let patients = predictions.cases_of_class(cases);
    let named = answers.classes.iter().zip(patients).enumerate();
    named
        .map(|(class, (name, n_cases))| ClassSummary {
            name: name.clone(),
            n_slides: answers.truth.iter().filter(|&&t| t == class).count(),
            n_patients: predictions.patients.as_ref().map(|_| n_cases),
        })
        .collect()
}

fn method(predictions: &Predictions, config: &Bootstrap, units: &Units) -> Method {
    Method {
        bootstrap: *config,
        unit: match predictions.patients {
            Some(_) => Unit::Patient,
            None => Unit::Slide,
        },
        is_stratified: units.is_stratified(),
        calibration_bins: format!(
            "equal mass, one bin for every {SLIDES_A_BIN} slides, at most {MOST_BINS}, \
             equal probabilities never parted"
        ),
        undefined_resamples: "left out and counted; no interval where more than 5 % are".to_owned(),
    }
}
