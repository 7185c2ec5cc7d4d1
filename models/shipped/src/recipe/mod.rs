//! How the shipped models are made: phantoms are painted, cut into tiles and learned from.
//!
//! `encoder/recipe.toml` and `tasks/*/recipe.toml` hold the numbers; equal recipes give equal
//! models on one machine. `encoder/train/run` takes the encoder further, to real tiles;
//! that part is not in Rust.

mod bags;
mod classes;
mod cohort;
mod encoder;
mod painted;
mod sheet;
mod task;
mod tiles;

pub use bags::bag;
pub use cohort::Cohort;
pub use encoder::{EncoderRecipe, TileSampling, train_encoder};
pub use painted::paint_tiles;
pub use task::{DetectionWords, TaskRecipe, TaskReport, evaluate, train_task};
