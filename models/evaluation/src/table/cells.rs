//! The cells of a column as values, each checked with its line at hand.

use csv::StringRecord;

use crate::EvaluationError;

pub(super) fn line(record: &StringRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}

/// Text; no cell may be empty.
pub(super) fn filled(
    records: &[StringRecord],
    column: &str,
    at: usize,
) -> Result<Vec<String>, EvaluationError> {
    let value = |record: &StringRecord| match &record[at] {
        "" => Err(EvaluationError::Blank {
            line: line(record),
            column: column.to_owned(),
        }),
        value => Ok(value.to_owned()),
    };
    records.iter().map(value).collect()
}

/// Of each record's value in a column, its place among the classes.
pub(super) fn indices(
    records: &[StringRecord],
    column: &str,
    at: usize,
    classes: &[String],
) -> Result<Vec<usize>, EvaluationError> {
    let place = |value: &str| classes.iter().position(|class| class == value);
    places(records, (column, at), classes, place)
}

/// The same by a rule of one's own.
pub(super) fn places(
    records: &[StringRecord],
    (column, at): (&str, usize),
    classes: &[String],
    place: impl Fn(&str) -> Option<usize>,
) -> Result<Vec<usize>, EvaluationError> {
    let index = |record: &StringRecord| {
        place(&record[at]).ok_or_else(|| EvaluationError::UnknownClass {
            line: line(record),
            column: column.to_owned(),
            value: record[at].to_owned(),
            classes: classes.to_vec(),
        })
    };
    records.iter().map(index).collect()
}

/// Rounding in the file is allowed for and taken out.
pub(super) fn rows(
    records: &[StringRecord],
    named: &[(String, usize)],
) -> Result<Vec<Vec<f64>>, EvaluationError> {
    let row = |record: &StringRecord| {
        let values = named
            .iter()
            .map(|(name, at)| probability(record, name, *at));
        let values: Vec<f64> = values.collect::<Result<_, _>>()?;
        let sum: f64 = values.iter().sum();
        match (sum - 1.0).abs() < 1e-2 {
            true => Ok(values.iter().map(|value| value / sum).collect()),
            false => Err(EvaluationError::NotADistribution {
                line: line(record),
                sum,
            }),
        }
    };
    records.iter().map(row).collect()
}

pub(super) fn probability(
    record: &StringRecord,
    column: &str,
    at: usize,
) -> Result<f64, EvaluationError> {
    let value: Option<f64> = record[at].parse().ok();
    let within = value.filter(|value| (0.0..=1.0).contains(value));
    within.ok_or_else(|| EvaluationError::NotAProbability {
        line: line(record),
        column: column.to_owned(),
        value: record[at].to_owned(),
    })
}
