use std::collections::BTreeMap;

use serde::Serialize;

use crate::Predictions;

/// What is drawn as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A patient with all slides: slides of one patient are not independent.
    Patient,
    /// A slide, where no patients are named.
    Slide,
}

/// The cases of some slides (see [`Predictions::cases`]), sorted into strata to draw from.
pub(crate) struct Units {
    /// One stratum, or one for each set of classes that a case's slides hold: then every resample
    /// holds every class.
    strata: Vec<Vec<Vec<usize>>>,
    n_slides: usize,
}

/// Where a class occurs in fewer cases than this, resamples without it are not rare enough to leave
/// out (of 10 cases 1 resample in 20,000 lacks them all), so drawing is stratified.
const SPARSE: usize = 10;

impl Units {
    pub(crate) fn of(predictions: &Predictions) -> Self {
        let cases = predictions.cases();
        let of_class = predictions.cases_of_class(&cases);
        let is_sparse = of_class.iter().any(|n| (1..SPARSE).contains(n));
        Self {
            strata: match is_sparse {
                true => by_classes(predictions, cases),
                false => vec![cases],
            },
            n_slides: predictions.answers.n_slides(),
        }
    }

    pub(crate) fn is_stratified(&self) -> bool {
        self.strata.len() > 1
    }

    pub(crate) fn strata(&self) -> &[Vec<Vec<usize>>] {
        &self.strata
    }

    /// Independent cases a slide, at most 1.
    pub(crate) fn per_slide(&self) -> f64 {
        let n_cases: usize = self.strata.iter().map(Vec::len).sum();
        n_cases as f64 / self.n_slides.max(1) as f64
    }
}

fn by_classes(predictions: &Predictions, cases: Vec<Vec<usize>>) -> Vec<Vec<Vec<usize>>> {
    let mut strata: BTreeMap<Vec<usize>, Vec<Vec<usize>>> = BTreeMap::new();
    for case in cases {
        let truth = case.iter().map(|&row| predictions.answers.truth[row]);
        let mut classes: Vec<usize> = truth.collect();
        classes.sort_unstable();
        classes.dedup();
        strata.entry(classes).or_default().push(case);
    }
    strata.into_values().collect()
}
