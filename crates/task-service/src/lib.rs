//! Asks tasks that are services of somebody else's: `docs/task-services.md` has the contract, for those
//! who write one.
//!
//! A service is told the slide's id, which is a digest, a job's id, and what the encoder made of the
//! slide or where its tiles lie: nothing that names a patient. It is reached by the rules of `egress`,
//! within its time and with an answer of a limited size, and no redirect is followed.

mod ask;
mod body;
mod conformance;
mod description;
mod error;
mod job;
mod keys;
mod patience;
mod pictures;
mod services;

pub use conformance::{Finding, LentSlide, conformance};
pub use description::Description;
pub use error::ServiceError;
pub use job::{Job, SlideScale};
pub use keys::ServiceKeys;
pub use pictures::Pictures;
pub use services::{ServiceConfig, TaskServices};
