use csv::StringRecord;

use super::GroupColumns;
use crate::EvaluationError;

/// Where each column lies.
pub(super) struct Columns {
    pub(super) slide: usize,
    pub(super) label: usize,
    pub(super) patient: Option<usize>,
    pub(super) probabilities: ProbabilityColumns,
    /// With their names.
    pub(super) groups: Vec<(String, usize)>,
}

/// Where the probabilities stand.
pub(super) enum ProbabilityColumns {
    /// `probability`, of the positive class.
    Positive(usize),
    /// `probability_CLASS` for each class, and `predicted` if it is there.
    Named {
        classes: Vec<(String, usize)>,
        predicted: Option<usize>,
    },
}

impl Columns {
    pub(super) fn of(header: &StringRecord, by: &GroupColumns) -> Result<Self, EvaluationError> {
        let mut seen = std::collections::BTreeSet::new();
        if let Some(twice) = header.iter().find(|name| !seen.insert(*name)) {
            return Err(EvaluationError::ColumnTwice(twice.to_owned()));
        }
        let find = |name: &str| header.iter().position(|column| column == name);
        let need =
            |name: &str| find(name).ok_or_else(|| EvaluationError::NoColumn(name.to_owned()));
        Ok(Self {
            slide: need("slide")?,
            label: need("label")?,
            patient: find("patient"),
            probabilities: probabilities(header)?,
            groups: groups(header, by)?,
        })
    }
}

fn groups(
    header: &StringRecord,
    by: &GroupColumns,
) -> Result<Vec<(String, usize)>, EvaluationError> {
    let find = |name: &str| header.iter().position(|column| column == name);
    let place = |name: &str| find(name).map(|at| (name.to_owned(), at));
    match by {
        GroupColumns::Usual => Ok(USUAL_GROUPS.into_iter().filter_map(place).collect()),
        GroupColumns::Named(names) => names
            .iter()
            .map(|name| place(name).ok_or_else(|| EvaluationError::NoColumn(name.clone())))
            .collect(),
    }
}

const USUAL_GROUPS: [&str; 2] = ["site", "scanner"];

fn probabilities(header: &StringRecord) -> Result<ProbabilityColumns, EvaluationError> {
    let find = |name: &str| header.iter().position(|column| column == name);
    if let Some(positive) = find("probability") {
        return Ok(ProbabilityColumns::Positive(positive));
    }
    let named = header.iter().enumerate();
    let classes: Vec<(String, usize)> = named
        .filter_map(|(at, column)| Some((column.strip_prefix("probability_")?.to_owned(), at)))
        .collect();
    match classes.len() {
        0 | 1 => Err(EvaluationError::NoProbabilities),
        _ => Ok(ProbabilityColumns::Named {
            classes,
            predicted: find("predicted"),
        }),
    }
}
