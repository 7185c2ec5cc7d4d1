//! One generic vision transformer: configuration, weights, preprocessing, forward pass.
//!
//! An encoder is an `encoder.json` ([`EncoderConfig`]) and a safetensors file with timm's names.
//! [`Encoder::load`] checks one against the other, [`Encoder::embed`] turns tiles into embeddings.
//! [`Published`] encoders come in through [`Published::plan`]. A CLIP has a text tower as well
//! ([`TextEncoder`]), and [`ZeroShot`] scores its embeddings against classes described in words.

mod architecture;
mod composed;
mod compute;
mod config;
mod device;
mod embed;
mod engine;
mod error;
mod forward;
mod fused;
mod import;
mod lanes;
mod positions;
mod preprocess;
mod published;
mod resample;
mod resize;
mod text;
mod trial;
mod vit;
mod zero_shot;

pub mod train;

pub use architecture::{Architecture, AttentionPooling, Mlp, Pooling, PositionEmbedding};
pub use compute::Compute;
pub use config::{EncoderConfig, Fit, Input, TrainingSummary, Untrained};
pub use device::{Device, GpuNumbers, LostDevice, Rehearsal};
pub use embed::Encoder;
pub use engine::Feed;
pub use error::EncoderError;
pub use import::{ImportPlan, Imported};
pub use kernels::InstructionSet;
pub use positions::PositionFilter;
pub use preprocess::{Picture, RgbTile};
pub use published::Published;
pub use resize::ResizeFilter;
pub use text::{TextArchitecture, TextConfig, TextEncoder, Tokenizer};
pub use zero_shot::{PromptedClass, Prompts, ZeroShot};
