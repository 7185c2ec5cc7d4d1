use thiserror::Error;

/// What is wrong with a service's answer, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{field}` {problem}")]
pub struct AnswerFault {
    /// As a path: `probabilities.tumour`.
    pub field: String,
    pub problem: String,
}

impl AnswerFault {
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            problem: problem.into(),
        }
    }
}
