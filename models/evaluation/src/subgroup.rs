use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Predictions;
use crate::bootstrap::{Bootstrap, Units};
use crate::predictions::Grouping;
use crate::report::{Figures, figures};

/// The same figures for each group of one column. The intervals are not adjusted for looking at
/// many groups.
#[derive(Clone, Debug, Serialize)]
pub struct Subgroups {
    pub column: String,
    pub groups: Vec<Group>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Group {
    pub value: String,
    #[serde(flatten)]
    pub figures: GroupFigures,
}

/// A group is always named; its figures only where they mean something and single nobody out.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum GroupFigures {
    Measured {
        n_slides: usize,
        n_patients: Option<usize>,
        #[serde(flatten)]
        figures: Figures,
    },
    Suppressed {
        reason: Suppression,
    },
}

/// Cases are patients where patients are known, otherwise slides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppression {
    FewerThanTenCases,
    FewerThanFiveCasesOfAClass,
}

const FEWEST_CASES: usize = 10;
const FEWEST_OF_A_CLASS: usize = 5;

pub(crate) fn subgroups(predictions: &Predictions, config: &Bootstrap) -> Vec<Subgroups> {
    let of_column = |grouping: &Grouping| {
        let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (row, value) in grouping.values.iter().enumerate() {
            rows.entry(value).or_default().push(row);
        }
        let groups = rows.into_iter().map(|(value, rows)| Group {
            value: value.to_owned(),
            figures: group(&predictions.select(&rows), config),
        });
        Subgroups {
            column: grouping.column.clone(),
            groups: groups.collect(),
        }
    };
    predictions.groupings.iter().map(of_column).collect()
}

fn group(predictions: &Predictions, config: &Bootstrap) -> GroupFigures {
    let cases = predictions.cases();
    if let Some(reason) = suppression(predictions, &cases) {
        return GroupFigures::Suppressed { reason };
    }
    let units = Units::of(predictions);
    GroupFigures::Measured {
        n_slides: predictions.answers.n_slides(),
        n_patients: predictions.patients.as_ref().map(|_| cases.len()),
        figures: figures(&predictions.answers, config, &units),
    }
}

fn suppression(predictions: &Predictions, cases: &[Vec<usize>]) -> Option<Suppression> {
    if cases.len() < FEWEST_CASES {
        return Some(Suppression::FewerThanTenCases);
    }
    let of_class = predictions.cases_of_class(cases);
    let is_sparse = of_class.iter().any(|&n| n < FEWEST_OF_A_CLASS);
    is_sparse.then_some(Suppression::FewerThanFiveCasesOfAClass)
}
