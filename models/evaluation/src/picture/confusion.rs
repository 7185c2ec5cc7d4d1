use serde::Serialize;

use crate::Answers;

/// How often each class was called each class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confusion {
    pub classes: Vec<String>,
    /// One row a true class, one column a called one.
    pub counts: Vec<Vec<usize>>,
}

impl Confusion {
    pub(crate) fn of(answers: &Answers) -> Self {
        let n_classes = answers.classes.len();
        let mut counts = vec![vec![0; n_classes]; n_classes];
        for (&truth, &called) in answers.truth.iter().zip(&answers.called) {
            counts[truth][called] += 1;
        }
        Self {
            classes: answers.classes.clone(),
            counts,
        }
    }
}
