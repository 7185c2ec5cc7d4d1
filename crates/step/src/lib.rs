//! What the steps of a slide's path have in common: each takes messages from its stream, notes how
//! far it has come, and gives up on a slide that keeps failing so that the others go on.

mod covariates;
mod mpp;
mod progress;
mod redrive;
mod stop;
mod worker;

pub use covariates::{GiveCovariatesError, give_covariates};
pub use mpp::{GiveMppError, give_mpp};
pub use progress::{ProgressSink, noting_progress};
pub use redrive::{RedriveError, redrive};
pub use stop::{StopError, resume_analysis, stop_analysis};
pub use worker::{Failure, MAX_ATTEMPTS, work};
