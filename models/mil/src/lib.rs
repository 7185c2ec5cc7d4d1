//! Multiple-instance heads, their training, metrics and calibration.
//!
//! A task is a `task.json` ([`TaskFile`]) and the head's weights. [`Task::load`] checks one against
//! the other, [`Task::score`] turns a slide's embeddings into a call with its evidence.

mod bag_scores;
mod calibration;
mod error;
mod evaluation;
mod head;
mod scores;
mod task;
mod task_file;
mod threshold;

pub mod metrics;
pub mod probe;
pub mod train;

pub use error::MilError;
pub use evaluation::{Evaluation, Outcome};
pub use head::{BagOutput, DsmilQuery, DsmilValue, Head, HeadConfig, HeadKind, checkpoint_key};
pub use scores::Scores;
pub use task::Task;
pub use task_file::{Classes, GradeScale, TaskFile, TrainingSummary};
