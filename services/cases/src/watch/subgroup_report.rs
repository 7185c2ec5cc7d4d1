use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use evaluation::{
    Bootstrap, Estimate, EvaluationError, GroupFigures, Measure, Report, Subgroups, Suppression,
};
use flow::Sha256Digest;
use serde::{Deserialize, Serialize};

use super::signed_calls::SignedCalls;

/// By how much a group may fare worse than all before it is told of, where its interval leaves out the
/// figure of all.
const GAP: f64 = 0.1;

/// Figures whose gaps are told of.
const TOLD: [Measure; 5] = [
    Measure::Sensitivity,
    Measure::Specificity,
    Measure::Auc,
    Measure::ExpectedCalibrationError,
    Measure::BalancedAccuracy,
];

/// What is known of a task's groups now.
#[derive(Clone, Debug, Serialize)]
pub struct KnownSubgroups {
    /// `None` before the first look.
    pub looked_at: Option<DateTime<Utc>>,
    pub found: Option<SubgroupReport>,
}

/// How good a task is by what people signed, of all slides and of groups of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SubgroupReport {
    pub model: Sha256Digest,
    /// Slides that the task scored.
    pub n_scored: u64,
    /// Those of them that a person judged, in a case that is signed.
    pub n_signed: u64,
    /// Those of these to which it gave no answer: they are in no figure.
    pub n_abstained: u64,
    /// Of the slides scored, the share that is judged and signed; `None` of none.
    pub signed_share: Option<f64>,
    /// What follows from that share, in words.
    pub caution: String,
    pub figures: BTreeMap<Measure, Estimate>,
    pub columns: Vec<SubgroupColumn>,
    /// Groups that fare worse than all by more than the limit.
    pub gaps: Vec<SubgroupGap>,
    pub gap_limit: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SubgroupColumn {
    pub column: String,
    pub groups: Vec<Subgroup>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subgroup {
    pub value: String,
    /// Why no figures are told of it; how many slides it has is not told then.
    pub suppressed: Option<Suppression>,
    pub n_slides: Option<usize>,
    pub figures: BTreeMap<Measure, Estimate>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubgroupGap {
    pub column: String,
    pub value: String,
    pub measure: Measure,
    pub of_group: f64,
    pub of_all: f64,
}

impl SubgroupReport {
    /// Long arithmetic: for a thread that may block.
    pub(super) fn of(model: Sha256Digest, calls: &SignedCalls) -> Result<Self, EvaluationError> {
        let predictions = calls.predictions.as_ref();
        let measured = predictions.filter(|predictions| predictions.answers.n_slides() > 0);
        let report = measured.map(|predictions| Report::of(predictions, &Bootstrap::default()));
        let report = report.transpose()?;
        let columns: Vec<SubgroupColumn> = match &report {
            Some(report) => report.subgroups.iter().map(SubgroupColumn::from).collect(),
            None => Vec::new(),
        };
        let figures = report
            .map(|report| report.figures.figures)
            .unwrap_or_default();
        let share = calls.n_signed as f64 / calls.n_scored as f64;
        let signed_share = (calls.n_scored > 0).then_some(share.min(1.0));
        Ok(Self {
            model,
            n_scored: calls.n_scored,
            n_signed: calls.n_signed,
            n_abstained: calls.n_abstained,
            signed_share,
            caution: caution(signed_share),
            gaps: gaps(&figures, &columns),
            gap_limit: GAP,
            figures,
            columns,
        })
    }
}

fn caution(share: Option<f64>) -> String {
    let Some(share) = share else {
        return "The task has scored no slide of which this is known.".to_owned();
    };
    if share >= 1.0 {
        return "Every slide that the task scored is judged and signed.".to_owned();
    }
    format!(
        "Only slides that a person judged and signed are measured: {:.0} % of those scored. Which \
         slides are reviewed is no matter of chance, so that of all slides the figures may be better or \
         worse.",
        share * 100.0
    )
}

impl From<&Subgroups> for SubgroupColumn {
    fn from(subgroups: &Subgroups) -> Self {
        let groups = subgroups.groups.iter().map(|group| {
            let (suppressed, n_slides, figures) = match &group.figures {
                GroupFigures::Suppressed { reason } => (Some(*reason), None, BTreeMap::new()),
                GroupFigures::Measured {
                    n_slides, figures, ..
                } => (None, Some(*n_slides), figures.figures.clone()),
            };
            Subgroup {
                value: group.value.clone(),
                suppressed,
                n_slides,
                figures,
            }
        });
        Self {
            column: subgroups.column.clone(),
            groups: groups.collect(),
        }
    }
}

fn gaps(all: &BTreeMap<Measure, Estimate>, columns: &[SubgroupColumn]) -> Vec<SubgroupGap> {
    let mut gaps = Vec::new();
    for column in columns {
        for group in &column.groups {
            for measure in TOLD {
                let of_group = group.figures.get(&measure);
                let of_all = all.get(&measure).and_then(Estimate::value);
                let Some((of_group, of_all)) = of_group.zip(of_all) else {
                    continue;
                };
                gaps.extend(worse(measure, of_group, of_all).map(|value| SubgroupGap {
                    column: column.column.clone(),
                    value: group.value.clone(),
                    measure,
                    of_group: value,
                    of_all,
                }));
            }
        }
    }
    gaps
}

/// The figure of a group that fares worse than all by more than the limit, and not by chance alone.
fn worse(measure: Measure, of_group: &Estimate, of_all: f64) -> Option<f64> {
    let Estimate::Measured {
        value, interval, ..
    } = of_group
    else {
        return None;
    };
    let is_worse = match measure {
        Measure::ExpectedCalibrationError => value - of_all > GAP && interval.low > of_all,
        _ => of_all - value > GAP && interval.high < of_all,
    };
    is_worse.then_some(*value)
}
