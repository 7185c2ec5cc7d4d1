use std::collections::BTreeSet;

use crate::EvaluationError;

/// The classes of a binary table, negative first: `positive` and whatever else the labels say, or
/// one of the pairs whose order everybody knows.
pub(super) fn binary_classes(
    labels: &[String],
    positive: Option<&str>,
) -> Result<[String; 2], EvaluationError> {
    let found: BTreeSet<&str> = labels.iter().map(String::as_str).collect();
    let unclear = || EvaluationError::WhichIsPositive(found.iter().map(|&l| l.into()).collect());
    if found.len() > 2 {
        return Err(unclear());
    }
    if let Some(positive) = positive {
        let others: Vec<&&str> = found.iter().filter(|&&label| label != positive).collect();
        return match others[..] {
            [] => Ok([format!("not {positive}"), positive.to_owned()]),
            [&negative] => Ok([negative.to_owned(), positive.to_owned()]),
            _ => Err(unclear()),
        };
    }
    let known = KNOWN
        .iter()
        .find(|pair| found.iter().all(|l| pair.contains(l)));
    known
        .map(|pair| pair.map(str::to_owned))
        .ok_or_else(unclear)
}

const KNOWN: [[&str; 2]; 3] = [["0", "1"], ["negative", "positive"], ["false", "true"]];

/// Which of the two a label says: the words themselves, or `POSITIVE GRADE` of a graded finding.
pub(super) fn binary_truth(label: &str, classes: &[String; 2]) -> Option<usize> {
    let is_graded = || {
        let grade = label.strip_prefix(classes[1].as_str())?.strip_prefix(' ')?;
        grade.parse::<u32>().ok()
    };
    let place = classes.iter().position(|class| class == label);
    place.or_else(|| is_graded().map(|_| 1))
}
