//! Training of heads on bags with known answers.
//!
//! [`fit`] does it all at once. To go on after an interruption, or to hold out whole patients, plan
//! an [`Ensemble`], train each of its heads epoch by epoch, and join them by [`TrainedTask::of`].

mod abstaining;
mod bag;
mod best;
mod clustering;
mod config;
mod finish;
mod fit;
mod folds;
#[cfg(test)]
mod gradient_test;
mod head_training;
mod losses;
mod objective;
mod plan;
mod progress;
mod sampling;
mod trained;
mod validate;

pub use bag::{BagLabel, TrainingBag};
pub use config::{ClassWeights, Clustering, Dropout, TrainConfig};
pub use fit::fit;
pub use head_training::HeadTraining;
pub use plan::{Ensemble, EnsembleConfig, HeadPlan};
pub use progress::EpochReport;
pub use trained::{HeldOut, TaskDraft, TrainedTask};

#[cfg(test)]
pub(crate) use gradient_test::config as test_config;
