use flow::{PredictionSet, SetBasis};
use serde::{Deserialize, Serialize};

use super::quantile::{ClassQuantile, needed};
use crate::MilError;

/// What `task.json` says about sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conformal {
    /// The share of slides of a class that may miss their true answer, between 0 and 1.
    pub alpha: f64,
    pub contiguity: Contiguity,
    /// In the order of the task's answers.
    pub classes: Vec<ClassQuantile>,
}

/// Whether a set may have gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contiguity {
    /// Classes without an order.
    AnySubset,
    /// Grades: everything between the lowest and the highest that cannot be ruled out.
    Contiguous,
}

impl Conformal {
    /// The answers that `probabilities`, one an answer, cannot rule out.
    pub fn set(&self, probabilities: &[f64]) -> PredictionSet {
        let basis = self.basis();
        let kept = match basis {
            SetBasis::Calibrated => self.kept(probabilities),
            SetBasis::TooFewCalibrationSlides { .. } => vec![true; self.classes.len()],
        };
        let kept = self.classes.iter().zip(kept).filter(|(_, kept)| *kept);
        PredictionSet {
            labels: kept.map(|(class, _)| class.label.clone()).collect(),
            alpha: self.alpha,
            basis,
        }
    }

    /// A set that leaves out a class on the word of a class that could not be calibrated would
    /// look surer than it is, so one such class is enough to rule out nothing.
    fn basis(&self) -> SetBasis {
        let sparse = self.classes.iter().find(|class| class.quantile.is_none());
        sparse.map_or(SetBasis::Calibrated, |class| {
            SetBasis::TooFewCalibrationSlides {
                label: class.label.clone(),
                n_slides: class.n_slides,
                needed: needed(self.alpha),
            }
        })
    }

    fn kept(&self, probabilities: &[f64]) -> Vec<bool> {
        let pairs = self.classes.iter().zip(probabilities);
        let mut kept: Vec<bool> = pairs
            .map(|(class, p)| class.quantile.is_some_and(|quantile| 1.0 - p <= quantile))
            .collect();
        let lowest = kept.iter().position(|&kept| kept);
        let highest = kept.iter().rposition(|&kept| kept);
        if let (Contiguity::Contiguous, Some(lowest), Some(highest)) =
            (self.contiguity, lowest, highest)
        {
            kept[lowest..=highest].fill(true);
        }
        kept
    }

    /// Whether it can belong to a task with these answers.
    pub(crate) fn check(&self, labels: &[String]) -> Result<(), MilError> {
        let wrong = |text: String| Err(MilError::Config(text));
        if !(self.alpha > 0.0 && self.alpha < 1.0) {
            return wrong(format!(
                "alpha {} of the conformal sets is not between 0 and 1",
                self.alpha
            ));
        }
        if !self.classes.iter().map(|class| &class.label).eq(labels) {
            return wrong(format!(
                "the conformal sets are not fitted for the task's answers {labels:?}"
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conformal(quantiles: &[Option<f64>], contiguity: Contiguity) -> Conformal {
        let class = |(number, &quantile): (usize, &Option<f64>)| ClassQuantile {
            label: number.to_string(),
            n_slides: 5,
            quantile,
        };
        Conformal {
            alpha: 0.1,
            contiguity,
            classes: quantiles.iter().enumerate().map(class).collect(),
        }
    }

    #[test]
    fn a_class_stays_while_it_is_likely_enough() {
        let conformal = conformal(&[Some(0.5), Some(0.75)], Contiguity::AnySubset);
        let labels = |probabilities: &[f64]| conformal.set(probabilities).labels;
        assert_eq!(labels(&[0.5, 0.5]), ["0", "1"]);
        assert_eq!(labels(&[0.25, 0.75]), ["1"]);
        assert_eq!(labels(&[0.875, 0.125]), ["0"]);
        assert_eq!(labels(&[0.4, 0.2]), Vec::<String>::new());
    }

    #[test]
    fn grades_have_no_gaps() {
        let quantiles = [Some(0.8), Some(0.5), Some(0.7), Some(0.5)];
        let probabilities = [0.3, 0.2, 0.4, 0.1];
        let of = |contiguity| conformal(&quantiles, contiguity).set(&probabilities).labels;
        assert_eq!(of(Contiguity::AnySubset), ["0", "2"]);
        assert_eq!(of(Contiguity::Contiguous), ["0", "1", "2"]);
    }

    #[test]
    fn one_class_with_too_few_slides_rules_out_nothing_and_says_so() {
        let set = conformal(&[Some(0.1), None], Contiguity::AnySubset).set(&[0.99, 0.01]);
        assert_eq!(set.labels, ["0", "1"]);
        let expected = SetBasis::TooFewCalibrationSlides {
            label: "1".to_owned(),
            n_slides: 5,
            needed: 9,
        };
        assert_eq!(set.basis, expected);
    }
}
