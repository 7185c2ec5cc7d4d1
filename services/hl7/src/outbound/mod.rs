//! Results that go out, from the catalog's list to the receiver's acknowledgement.

mod acknowledgement;
mod group;
mod observation;
mod read;
mod report;
mod run;
mod schedule;
mod scored;
mod sender;
mod vocabulary;

pub use run::send;
pub(crate) use vocabulary::{EVERY_TASK, STAINING, TASKS, filler, patient};
