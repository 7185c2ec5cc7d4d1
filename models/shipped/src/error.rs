use encoder::EncoderError;
use mil::MilError;
use phantom::PhantomError;
use thiserror::Error;

/// What can go wrong with the shipped models and their recipes.
#[derive(Debug, Error)]
pub enum ShippedError {
    #[error("the recipe cannot be read")]
    Recipe(#[from] toml::de::Error),
    #[error("the recipe's phantoms are not possible: {0}")]
    Cohort(&'static str),
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    #[error(transparent)]
    Task(#[from] MilError),
    #[error("a phantom cannot be laid out")]
    Phantom(#[from] PhantomError),
    #[error("painted tiles cannot be written")]
    Painted(#[from] safetensors::SafeTensorError),
    #[error("a tile cannot be compressed")]
    Jpeg(#[from] turbojpeg::Error),
}
