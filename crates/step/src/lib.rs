//! What the steps of a slide's path have in common: each takes messages from its stream, notes how
//! far it has come, and gives up on a slide that keeps failing so that the others go on.

mod announce;
mod covariates;
mod ended;
mod failure;
mod help;
mod identity;
mod mpp;
mod progress;
mod record;
mod redrive;
mod stop;
mod topic;
mod worker;

pub use announce::{HurryError, announce_unfinished, hurry};
pub use covariates::{GiveCovariatesError, give_covariates};
pub use ended::Ended;
pub use failure::{Failure, kind_of};
pub use help::{Demand, work_or_help};
pub use identity::{
    CorrectIdentityError, Correction, IdentityRule, correct_identity, examine_again,
    examine_identity, identity_hold, match_waiting, place_slide,
};
pub use mpp::{GiveMppError, give_mpp};
pub use progress::{ProgressSink, noting_progress};
pub use record::{advance, meter, record_timing};
pub use redrive::{RedriveError, redrive};
pub use stop::{StopError, resume_analysis, stop_analysis};
pub use topic::Topic;
pub use worker::{MAX_ATTEMPTS, work};
