use csv::StringRecord;

use super::TableConfig;
use super::cells::{filled, indices, probability, rows};
use super::columns::{Columns, ProbabilityColumns};
use super::truth::binary_classes;
use crate::{Answers, EvaluationError, Kind};

/// What the columns of probabilities say.
pub(super) fn answers(
    records: &[StringRecord],
    columns: &Columns,
    config: &TableConfig,
) -> Result<Answers, EvaluationError> {
    match &columns.probabilities {
        ProbabilityColumns::Positive(at) => binary(records, (columns.label, *at), config),
        ProbabilityColumns::Classes(named) => {
            let probabilities = rows(records, named)?;
            let called = probabilities.iter().map(|row| likeliest(row)).collect();
            several(
                records,
                columns,
                Kind::Classes,
                named,
                (called, probabilities),
            )
        }
        ProbabilityColumns::Grades { grades, predicted } => {
            let names: Vec<String> = grades.iter().map(|(name, _)| name.clone()).collect();
            let called = indices(records, "predicted", *predicted, &names)?;
            let probabilities = rows(records, grades)?;
            several(
                records,
                columns,
                Kind::Grades,
                grades,
                (called, probabilities),
            )
        }
    }
}

fn binary(
    records: &[StringRecord],
    (label, score): (usize, usize),
    config: &TableConfig,
) -> Result<Answers, EvaluationError> {
    let labels = filled(records, "label", label)?;
    let classes = binary_classes(&labels, config.positive.as_deref())?.to_vec();
    let probabilities = records.iter().map(|record| {
        let positive = probability(record, "probability", score)?;
        Ok(vec![1.0 - positive, positive])
    });
    let probabilities = probabilities.collect::<Result<Vec<_>, EvaluationError>>()?;
    let called = probabilities.iter().map(|row| row[1] >= config.threshold);
    Ok(Answers {
        kind: Kind::Binary {
            threshold: config.threshold,
        },
        truth: indices(records, "label", label, &classes)?,
        called: called.map(usize::from).collect(),
        classes,
        probabilities,
    })
}

fn several(
    records: &[StringRecord],
    columns: &Columns,
    kind: Kind,
    named: &[(String, usize)],
    (called, probabilities): (Vec<usize>, Vec<Vec<f64>>),
) -> Result<Answers, EvaluationError> {
    let classes: Vec<String> = named.iter().map(|(name, _)| name.clone()).collect();
    Ok(Answers {
        kind,
        truth: indices(records, "label", columns.label, &classes)?,
        called,
        classes,
        probabilities,
    })
}

/// The first of equally likely ones.
fn likeliest(row: &[f64]) -> usize {
    let indexed = row.iter().enumerate().rev();
    indexed
        .max_by(|a, b| a.1.total_cmp(b.1))
        .map_or(0, |(class, _)| class)
}
