use flow::{FlowError, Sha256Digest};
use parameters::ParametersError;
use thiserror::Error;

/// What can go wrong with a task.
#[derive(Debug, Error)]
pub enum MilError {
    #[error("task.json cannot be read")]
    Json(#[from] serde_json::Error),
    #[error("task.json is not a possible task: {0}")]
    Config(String),
    #[error(
        "the head of task `{task}` is not the one its task.json names; \
         fetch the right weights file or correct `head_sha256`"
    )]
    HeadDigest {
        task: String,
        #[source]
        source: FlowError,
    },
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    #[error(
        "the bag is empty: no tile of the slide was embedded, so there is nothing to score; \
         check the slide's tissue mask"
    )]
    EmptyBag,
    #[error(
        "the bag's embeddings have {found} values, the task needs {expected}; \
         embed the slide with encoder `{encoder}` ({hash})"
    )]
    Dimension {
        found: u32,
        expected: u32,
        encoder: String,
        hash: Sha256Digest,
    },
    #[error("the bag holds {n_values} values, which is no whole number of {dimension}-value rows")]
    Ragged { n_values: usize, dimension: u32 },
    #[error("instance {index} of the bag is not finite; embed the slide again")]
    NotFinite { index: usize },
    #[error("the checkpoint does not fit the head: {0}")]
    Checkpoint(String),
    #[error(transparent)]
    Weights(#[from] weights::WeightsError),
    #[error("the head cannot be written")]
    Write(#[from] safetensors::SafeTensorError),
    #[error("the bag has {n_instances} instances but {n_cells} places on the slide's grid")]
    Places { n_instances: usize, n_cells: usize },
    #[error("training cannot start: {0}")]
    Training(String),
    #[error("the embeddings cannot be probed: {0}")]
    Probe(String),
    #[error("the forward pass failed")]
    Tensor(#[from] candle_core::Error),
}
