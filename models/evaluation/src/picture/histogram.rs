use serde::Serialize;

use crate::{Answers, Kind};

/// How the scores of one class's slides spread: of a binary task the positive probability, of
/// others the probability that the true class was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Histogram {
    /// The true class.
    pub class: String,
    /// Slides in each twentieth from 0 to 1.
    pub counts: Vec<usize>,
}

const N_BINS: usize = 20;

/// One histogram a class.
pub(crate) fn histograms(answers: &Answers) -> Vec<Histogram> {
    let named = answers.classes.iter().enumerate();
    named
        .map(|(class, name)| Histogram {
            class: name.clone(),
            counts: counts(answers, class),
        })
        .collect()
}

fn counts(answers: &Answers, class: usize) -> Vec<usize> {
    let column = match answers.kind {
        Kind::Binary { .. } => 1,
        Kind::Classes | Kind::Grades => class,
    };
    let mut counts = vec![0; N_BINS];
    for (row, _) in (answers.probabilities.iter().zip(&answers.truth)).filter(|(_, t)| **t == class)
    {
        counts[((row[column] * N_BINS as f64) as usize).min(N_BINS - 1)] += 1;
    }
    counts
}
