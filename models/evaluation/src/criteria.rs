use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Estimate, Measure};

/// What must hold of a model before people see what it says, declared before it is evaluated: at least
/// one figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Declared")]
pub struct Criteria {
    least_slides: usize,
    figures: Vec<Criterion>,
}

/// How good one figure must be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    pub measure: Measure,
    pub limit: Limit,
    #[serde(default)]
    pub judged_by: JudgedBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    AtLeast(f64),
    AtMost(f64),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgedBy {
    /// The worse end of its interval: what is likely of other slides too.
    #[default]
    Interval,
    /// The figure itself, whatever its interval.
    Value,
}

/// What an `evaluation.json` says that criteria ask about.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MeasuredFigures {
    pub n_slides: usize,
    pub figures: BTreeMap<Measure, Estimate>,
}

/// Whether an evaluation meets criteria, and in what it does not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub is_met: bool,
    pub n_slides: usize,
    pub least_slides: usize,
    /// One a criterion, in their order.
    pub findings: Vec<Finding>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub measure: Measure,
    pub limit: Limit,
    pub judged_by: JudgedBy,
    /// What was judged; `None` where the evaluation has no such figure, or it has no interval.
    pub found: Option<f64>,
    pub is_met: bool,
}

/// Criteria that any model would meet, or none would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoCriteria {
    #[error("name at least one figure with its limit, such as auc with at_least 0.9")]
    Empty,
    #[error("a limit is a finite number")]
    NotFinite,
    #[error("least_slides is {MOST_SLIDES} at most: no evaluation has more")]
    TooManySlides,
}

const MOST_SLIDES: usize = 1_000_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    #[serde(default)]
    least_slides: usize,
    figures: Vec<Criterion>,
}

impl Criteria {
    /// # Errors
    /// Without a figure, with a limit that is no number, or with more slides than there are.
    pub fn new(least_slides: usize, figures: Vec<Criterion>) -> Result<Self, NoCriteria> {
        if figures.is_empty() {
            return Err(NoCriteria::Empty);
        }
        if !figures.iter().all(|figure| figure.limit.is_finite()) {
            return Err(NoCriteria::NotFinite);
        }
        if least_slides > MOST_SLIDES {
            return Err(NoCriteria::TooManySlides);
        }
        Ok(Self {
            least_slides,
            figures,
        })
    }

    /// Judges what was measured. A figure that is missing, or has no interval where that is asked for,
    /// meets nothing.
    pub fn judge(&self, measured: &MeasuredFigures) -> Verdict {
        let findings: Vec<Finding> = self.figures.iter().map(|c| c.judge(measured)).collect();
        let are_enough = measured.n_slides >= self.least_slides;
        Verdict {
            is_met: are_enough && findings.iter().all(|finding| finding.is_met),
            n_slides: measured.n_slides,
            least_slides: self.least_slides,
            findings,
        }
    }
}

impl Criterion {
    fn judge(&self, measured: &MeasuredFigures) -> Finding {
        let estimate = measured.figures.get(&self.measure);
        let found = estimate.and_then(|estimate| match self.judged_by {
            JudgedBy::Value => estimate.value(),
            JudgedBy::Interval => self.limit.worse_end(estimate),
        });
        Finding {
            measure: self.measure,
            limit: self.limit,
            judged_by: self.judged_by,
            found,
            is_met: found.is_some_and(|found| self.limit.is_met_by(found)),
        }
    }
}

impl Limit {
    fn is_finite(self) -> bool {
        match self {
            Self::AtLeast(limit) | Self::AtMost(limit) => limit.is_finite(),
        }
    }

    fn is_met_by(self, value: f64) -> bool {
        match self {
            Self::AtLeast(limit) => value >= limit,
            Self::AtMost(limit) => value <= limit,
        }
    }

    fn worse_end(self, estimate: &Estimate) -> Option<f64> {
        match (self, estimate) {
            (Self::AtLeast(_), Estimate::Measured { interval, .. }) => Some(interval.low),
            (Self::AtMost(_), Estimate::Measured { interval, .. }) => Some(interval.high),
            (_, Estimate::WithoutInterval { .. } | Estimate::Undefined { .. }) => None,
        }
    }
}

impl TryFrom<Declared> for Criteria {
    type Error = NoCriteria;

    fn try_from(declared: Declared) -> Result<Self, NoCriteria> {
        Self::new(declared.least_slides, declared.figures)
    }
}

/// In what the criteria are not met, for whoever wants to know why.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_met {
            return f.write_str("all criteria are met");
        }
        let mut unmet: Vec<String> = self.findings.iter().filter_map(Finding::unmet).collect();
        if self.n_slides < self.least_slides {
            unmet.push(format!(
                "{} slides were evaluated and it takes {}",
                self.n_slides, self.least_slides
            ));
        }
        f.write_str(&unmet.join("; "))
    }
}

impl Finding {
    fn unmet(&self) -> Option<String> {
        let measure = serde_json::to_value(self.measure).ok()?;
        let measure = measure.as_str()?;
        let (words, limit) = match self.limit {
            Limit::AtLeast(limit) => ("at least", limit),
            Limit::AtMost(limit) => ("at most", limit),
        };
        let judged = match self.judged_by {
            JudgedBy::Interval => "the worse end of its interval",
            JudgedBy::Value => "its value",
        };
        let found = match self.found {
            Some(found) => format!("is {found:.4}"),
            None => "is not in the evaluation".to_owned(),
        };
        (!self.is_met).then(|| format!("{measure} must be {words} {limit}, and {judged} {found}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn measured(figures: Value) -> MeasuredFigures {
        serde_json::from_value(json!({ "n_slides": 40, "figures": figures, "roc": [] }))
            .expect("figures as they are written")
    }

    fn criteria(figures: Value) -> Result<Criteria, serde_json::Error> {
        serde_json::from_value(json!({ "least_slides": 30, "figures": figures }))
    }

    fn auc(value: f64, low: f64) -> Value {
        json!({ "auc": {
            "state": "measured", "value": value, "n": 40, "low": low, "high": 1.0,
            "method": "bootstrap", "undefined_resamples": 0,
        } })
    }

    #[test]
    fn the_worse_end_of_the_interval_is_what_counts() -> Result<(), serde_json::Error> {
        let asked = criteria(json!([{ "measure": "auc", "limit": { "at_least": 0.9 } }]))?;
        let good = asked.judge(&measured(auc(0.97, 0.93)));
        assert!(good.is_met, "{good}");
        let wide = asked.judge(&measured(auc(0.97, 0.85)));
        assert!(!wide.is_met);
        assert_eq!(
            wide.to_string(),
            "auc must be at least 0.9, and the worse end of its interval is 0.8500"
        );
        let by_value =
            json!({ "measure": "auc", "limit": { "at_least": 0.9 }, "judged_by": "value" });
        assert!(
            criteria(json!([by_value]))?
                .judge(&measured(auc(0.97, 0.85)))
                .is_met
        );
        Ok(())
    }

    #[test]
    fn a_figure_that_is_not_there_meets_nothing() -> Result<(), serde_json::Error> {
        let asked = criteria(json!([
            { "measure": "auc", "limit": { "at_least": 0.1 } },
            { "measure": "brier", "limit": { "at_most": 1.0 }, "judged_by": "value" },
        ]))?;
        let withheld = json!({ "auc": {
            "state": "without_interval", "value": 1.0, "n": 40, "withheld": "no_spread",
        } });
        let verdict = asked.judge(&measured(withheld));
        let met: Vec<bool> = verdict.findings.iter().map(|one| one.is_met).collect();
        assert_eq!(met, [false, false], "{verdict}");
        Ok(())
    }

    #[test]
    fn too_few_slides_meet_nothing() -> Result<(), serde_json::Error> {
        let asked = criteria(json!([{ "measure": "auc", "limit": { "at_least": 0.5 } }]))?;
        let few = MeasuredFigures {
            n_slides: 29,
            ..measured(auc(1.0, 0.99))
        };
        let verdict = asked.judge(&few);
        assert!(!verdict.is_met && verdict.findings[0].is_met);
        assert_eq!(
            verdict.to_string(),
            "29 slides were evaluated and it takes 30"
        );
        Ok(())
    }

    #[test]
    fn more_slides_than_there_are_are_refused() {
        let figures = vec![Criterion {
            measure: Measure::Auc,
            limit: Limit::AtLeast(0.5),
            judged_by: JudgedBy::Value,
        }];
        assert!(Criteria::new(MOST_SLIDES, figures.clone()).is_ok());
        let refused = Criteria::new(MOST_SLIDES + 1, figures);
        assert_eq!(refused, Err(NoCriteria::TooManySlides));
    }

    #[test]
    fn criteria_that_ask_nothing_are_refused() {
        assert!(criteria(json!([])).is_err());
        let unknown = json!([{ "measure": "auc", "limit": { "at_least": 0.5 }, "or": 1 }]);
        assert!(criteria(unknown).is_err());
        let as_written = json!([{ "measure": "auc", "limit": { "at_least": 0.5 } }]);
        let read = criteria(as_written).expect("criteria");
        let again = serde_json::to_value(&read).expect("JSON");
        assert_eq!(serde_json::from_value::<Criteria>(again).ok(), Some(read));
    }
}
