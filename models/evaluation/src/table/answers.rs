use csv::StringRecord;

use super::TableConfig;
use super::cells::{filled, indices, places, probability, rows};
use super::columns::{Columns, ProbabilityColumns};
use super::truth::{binary_classes, binary_truth};
use crate::{Answers, EvaluationError, Kind};

/// What the columns of probabilities say: two classes are binary, whole numbers are grades.
pub(super) fn answers(
    records: &[StringRecord],
    columns: &Columns,
    config: &TableConfig,
) -> Result<Answers, EvaluationError> {
    match &columns.probabilities {
        ProbabilityColumns::Positive(at) => {
            let labels = filled(records, "label", columns.label)?;
            let classes = binary_classes(&labels, config.positive.as_deref())?;
            binary(records, columns, ("probability", *at), classes, config)
        }
        ProbabilityColumns::Named { classes, .. } if classes.len() == 2 => {
            let names: Vec<String> = classes.iter().map(|(name, _)| name.clone()).collect();
            let ordered = binary_classes(&names, config.positive.as_deref())?;
            let positive = classes.iter().find(|(name, _)| *name == ordered[1]);
            let (name, at) = positive.ok_or(EvaluationError::WhichIsPositive(names))?;
            binary(records, columns, (name, *at), ordered, config)
        }
        ProbabilityColumns::Named { classes, predicted } => match from_the_lowest(classes) {
            Some(grades) => several(records, columns, Kind::Grades, &grades, *predicted),
            None => several(records, columns, Kind::Classes, classes, *predicted),
        },
    }
}

/// In order, if every class is a whole number.
fn from_the_lowest(classes: &[(String, usize)]) -> Option<Vec<(String, usize)>> {
    let numbered = classes
        .iter()
        .map(|(name, at)| Some((name.parse().ok()?, name.clone(), *at)));
    let mut numbered: Vec<(u32, String, usize)> = numbered.collect::<Option<_>>()?;
    numbered.sort();
    let ordered = numbered.into_iter().map(|(_, name, at)| (name, at));
    Some(ordered.collect())
}

fn binary(
    records: &[StringRecord],
    columns: &Columns,
    (column, at): (&str, usize),
    classes: [String; 2],
    config: &TableConfig,
) -> Result<Answers, EvaluationError> {
    let probabilities = records.iter().map(|record| {
        let positive = probability(record, column, at)?;
        Ok(vec![1.0 - positive, positive])
    });
    let probabilities = probabilities.collect::<Result<Vec<_>, EvaluationError>>()?;
    let called = probabilities.iter().map(|row| row[1] >= config.threshold);
    Ok(Answers {
        kind: Kind::Binary {
            threshold: config.threshold,
        },
        truth: places(records, ("label", columns.label), &classes, |label| {
            binary_truth(label, &classes)
        })?,
        called: called.map(usize::from).collect(),
        classes: classes.to_vec(),
        probabilities,
    })
}

fn several(
    records: &[StringRecord],
    columns: &Columns,
    kind: Kind,
    named: &[(String, usize)],
    predicted: Option<usize>,
) -> Result<Answers, EvaluationError> {
    let classes: Vec<String> = named.iter().map(|(name, _)| name.clone()).collect();
    let probabilities = rows(records, named)?;
    Ok(Answers {
        kind,
        truth: indices(records, "label", columns.label, &classes)?,
        called: match predicted {
            Some(at) => indices(records, "predicted", at, &classes)?,
            None => probabilities.iter().map(|row| likeliest(row)).collect(),
        },
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
