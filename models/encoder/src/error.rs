use flow::FlowError;
use parameters::ParametersError;
use thiserror::Error;

/// What can go wrong with an encoder.
#[derive(Debug, Error)]
pub enum EncoderError {
    #[error("encoder.json cannot be read")]
    Json(#[from] serde_json::Error),
    #[error("encoder.json is not a possible encoder: {0}")]
    Config(String),
    #[error(
        "the weights of encoder `{name}` are not those its encoder.json names; \
         fetch the right weights file or correct `weights_sha256`"
    )]
    WeightsDigest {
        name: String,
        #[source]
        source: FlowError,
    },
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    #[error("the file does not fit encoder `{name}`: {report}")]
    Misfit { name: String, report: String },
    #[error("the weights file cannot be read")]
    Weights(#[from] weights::WeightsError),
    #[error("the weights cannot be written as safetensors")]
    Safetensors(#[from] safetensors::SafeTensorError),
    #[error(
        "tile {index} has side {side} and {n_bytes} bytes; \
         the encoder takes RGB tiles of side {expected}"
    )]
    Tile {
        index: usize,
        side: u32,
        n_bytes: usize,
        expected: u32,
    },
    #[error("a tile cannot be resized")]
    Resize(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the threads of the encoder cannot be started")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    #[error("training cannot start: {0}")]
    Training(String),
    #[error("the forward pass failed")]
    Tensor(#[from] candle_core::Error),
}
