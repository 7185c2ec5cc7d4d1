//! Multiple-instance heads, their training and calibration.
//!
//! A task is a `task.json` ([`TaskFile`]) and the head's weights. [`Task::load`] checks one against
//! the other, [`Task::score`] turns a slide's embeddings into a call with its evidence. In place of
//! weights there may be a service ([`ServiceTask`]), whose answers are checked alike.

mod abstain;
mod answers;
mod any_task;
mod bag_embeddings;
mod bag_scores;
mod calibration;
mod conformal;
mod covariates;
mod error;
mod evaluation;
mod evidence;
mod head;
mod import;
mod model;
mod probabilities;
mod scores;
mod service;
mod stored_answer;
mod task;
mod task_file;
mod task_json;
mod threshold;

pub mod probe;
pub mod train;

pub use abstain::{Admission, BagMean, Distribution, MppRange, SlideFacts, fit_distribution};
pub use answers::Answers;
pub use any_task::{AnyTask, AnyTaskFile};
pub use conformal::{CalibrationSlide, ClassQuantile, Conformal, Contiguity, fit_conformal};
pub use covariates::{Categorical, CovariatePlan, Covariates};
pub use error::MilError;
pub use evaluation::{Evaluation, Outcome};
pub use evidence::{Decisive, Explanation};
pub use head::{BagOutput, DsmilQuery, DsmilValue, Head, HeadConfig, HeadKind, checkpoint_key};
pub use import::{ImportedHead, import_head};
pub use scores::Scores;
pub use service::{
    AnswerFault, Declined, ServiceAnswer, ServiceModel, ServiceTask, ServiceTaskFile, ServiceTerms,
    Takes,
};
pub use stored_answer::StoredAnswer;
pub use task::Task;
pub use task_file::{GradeScale, TaskFile, TrainingSummary};
