//! Tasks that are services of somebody else's: what their `task.json` says, and what is made of their
//! answers. Nothing here knows a network.

mod answer;
mod calibrated;
mod fault;
mod file;
mod task;

pub use answer::{Declined, ServiceAnswer};
pub use fault::AnswerFault;
pub use file::{ServiceModel, ServiceTaskFile, ServiceTerms, Takes};
pub use task::ServiceTask;
