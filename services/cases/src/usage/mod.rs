//! What was computed, by task and time. docs/metering.md says what counts.

mod csv;
mod routes;
mod span;
mod work;

pub use csv::to_csv;
pub use span::{UsageSpan, WrongSpan};
pub use work::{UsageBy, UsageWork, usage};

pub(crate) use routes::routes;
