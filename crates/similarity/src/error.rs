use thiserror::Error;

/// Why embeddings cannot be compared.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SimilarityError {
    #[error("{n_values} values are no whole number of vectors of {dimension}")]
    Shape { n_values: usize, dimension: usize },
    #[error("a vector has {found} values, those it is compared with have {expected}")]
    Dimension { found: usize, expected: usize },
    #[error("vector {position} holds a value that is not a finite number")]
    NotFinite { position: usize },
    #[error("the vectors have no direction in common: there is none, or they cancel out")]
    NoDirection,
}
