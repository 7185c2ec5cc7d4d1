use thiserror::Error;

/// What can be wrong with the parameters of a model.
#[derive(Debug, Error)]
pub enum ParametersError {
    #[error("the weights are not a safetensors file")]
    Format(#[source] candle_core::Error),
    #[error(
        "the weights do not fit the architecture: missing [{missing}], unexpected [{unexpected}], \
         of another shape [{other_shape}]; use the weights file this configuration was written for"
    )]
    Mismatch {
        missing: String,
        unexpected: String,
        other_shape: String,
    },
    #[error("the model declares no parameter `{0}`")]
    Undeclared(String),
    #[error("the weights cannot be written as safetensors")]
    Write(#[from] safetensors::SafeTensorError),
    #[error("training diverged: the gradient is not finite; lower the learning rate")]
    Diverged,
    #[error("a tensor operation failed")]
    Tensor(#[from] candle_core::Error),
}
