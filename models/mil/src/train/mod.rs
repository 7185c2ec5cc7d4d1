//! Training of a head on bags with known answers.

mod bag;
mod config;
mod fit;
#[cfg(test)]
mod gradient_test;
mod head_loss;
mod losses;
mod sampling;
mod split;
mod trained;
mod validate;

pub use bag::{BagLabel, TrainingBag};
pub use config::TrainConfig;
pub use fit::{EpochReport, fit};
pub use trained::{TaskDraft, TrainedTask};
