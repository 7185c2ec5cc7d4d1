//! One generic vision transformer: configuration, weights, preprocessing, forward pass.
//!
//! An encoder is an `encoder.json` ([`EncoderConfig`]) and a safetensors file with timm's names.
//! [`Encoder::load`] checks one against the other, [`Encoder::embed`] turns tiles into embeddings.

mod architecture;
mod config;
mod embed;
mod error;
mod fused;
mod import;
mod lanes;
mod preprocess;
mod published;
mod resize;
mod vit;

pub mod train;

pub use architecture::{Architecture, Mlp, Pooling, PositionEmbedding};
pub use config::{EncoderConfig, Fit, Input, TrainingSummary};
pub use embed::Encoder;
pub use error::EncoderError;
pub use import::Imported;
pub use preprocess::RgbTile;
pub use published::Published;
pub use resize::ResizeFilter;
