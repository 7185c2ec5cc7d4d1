use std::collections::BTreeSet;

use csv::StringRecord;

use super::answers::answers;
use super::cells::{filled, line};
use super::columns::Columns;
use crate::{EvaluationError, Grouping, Predictions};

/// What a table does not say of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct TableConfig {
    /// The label of the positive class of a binary table, unless the labels are 0 and 1, false and
    /// true, or negative and positive.
    pub positive: Option<String>,
    /// A binary answer is positive from this probability on.
    pub threshold: f64,
    /// Columns whose values are groups of interest.
    pub by: GroupColumns,
}

/// Which columns sort slides into groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupColumns {
    /// `site` and `scanner`, where the table has them.
    Usual,
    /// These; each must be there.
    Named(Vec<String>),
}

/// Reads predictions with the columns `slide` and `label`, those of probabilities (`probability`, or
/// `probability_CLASS` for each class, which are grades where all are whole numbers), where it is
/// not the likeliest class that is called `predicted`, and where known `patient`.
///
/// # Errors
/// If a column is missing, a slide is there twice, a value is no probability or no class, or a group
/// column is as good as a name.
pub fn from_csv(bytes: &[u8], config: &TableConfig) -> Result<Predictions, EvaluationError> {
    if !(config.threshold > 0.0 && config.threshold < 1.0) {
        return Err(EvaluationError::Threshold(config.threshold));
    }
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let columns = Columns::of(&reader.headers()?.clone(), &config.by)?;
    let records: Vec<StringRecord> = reader.records().collect::<Result<_, _>>()?;
    if records.is_empty() {
        return Err(EvaluationError::Empty);
    }
    check_slides(&records, columns.slide)?;
    // A column without any value says that patients are not known.
    let is_known = |at: &usize| records.iter().any(|record| !record[*at].is_empty());
    let patient = columns.patient.filter(is_known);
    let patients = patient.map(|at| filled(&records, "patient", at));
    Ok(Predictions {
        answers: answers(&records, &columns, config)?,
        patients: patients.transpose()?,
        groupings: groupings(&records, &columns)?,
    })
}

fn check_slides(records: &[StringRecord], at: usize) -> Result<(), EvaluationError> {
    let mut seen = BTreeSet::new();
    match records.iter().find(|record| !seen.insert(&record[at])) {
        None => Ok(()),
        Some(record) => Err(EvaluationError::SlideTwice {
            line: line(record),
            slide: record[at].to_owned(),
        }),
    }
}

/// Slides without a value form a group of their own; a column without any value forms none.
fn groupings(
    records: &[StringRecord],
    columns: &Columns,
) -> Result<Vec<Grouping>, EvaluationError> {
    let grouping = |(column, at): &(String, usize)| {
        let is_name = [Some(columns.slide), columns.patient].contains(&Some(*at));
        let values = records.iter().map(|record| match &record[*at] {
            "" => "not stated".to_owned(),
            value => value.to_owned(),
        });
        let values: Vec<String> = values.collect();
        let distinct: BTreeSet<&String> = values.iter().collect();
        if is_name || distinct.len() > MOST_GROUPS {
            return Err(EvaluationError::NotAGroup(column.clone()));
        }
        Ok(Grouping {
            column: column.clone(),
            values,
        })
    };
    let has_values =
        |(_, at): &&(String, usize)| records.iter().any(|record| !record[*at].is_empty());
    let columns = columns.groups.iter().filter(has_values);
    columns.map(grouping).collect()
}

const MOST_GROUPS: usize = 50;
