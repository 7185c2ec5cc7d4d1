use thiserror::Error;

/// Why a table of predictions cannot be evaluated.
#[derive(Debug, Error)]
pub enum EvaluationError {
    #[error("the predictions cannot be read as CSV")]
    Csv(#[from] csv::Error),
    #[error("the predictions have no column `{0}`")]
    NoColumn(String),
    #[error(
        "the predictions have no column of probabilities; \
         name one `probability`, or one a class `probability_CLASS`"
    )]
    NoProbabilities,
    #[error("the predictions have two columns `{0}`")]
    ColumnTwice(String),
    #[error("the predictions hold no slide")]
    Empty,
    #[error("line {line}: `{value}` in column `{column}` is no number from 0 to 1")]
    NotAProbability {
        line: u64,
        column: String,
        value: String,
    },
    #[error("line {line}: the probabilities of the classes add up to {sum}, not to 1")]
    NotADistribution { line: u64, sum: f64 },
    #[error("line {line}: `{value}` in column `{column}` is none of the classes {classes:?}")]
    UnknownClass {
        line: u64,
        column: String,
        value: String,
        classes: Vec<String>,
    },
    #[error("line {line}: slide `{slide}` was there before; an evaluation takes each slide once")]
    SlideTwice { line: u64, slide: String },
    #[error("line {line}: column `{column}` is empty")]
    Blank { line: u64, column: String },
    #[error("the labels are {0:?}; say which one is positive")]
    WhichIsPositive(Vec<String>),
    #[error(
        "column `{0}` names single slides or patients: figures by it would single them out; \
         name columns of groups"
    )]
    NotAGroup(String),
    #[error("threshold {0} is not between 0 and 1")]
    Threshold(f64),
    #[error("{0} resamples are too few for an interval; take at least 100")]
    Resamples(u32),
}
