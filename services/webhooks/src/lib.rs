//! Tells other systems what happens, by [Standard Webhooks] 1.0.0: who is told is kept over REST, what
//! is told names slides, cases and tasks by their ids and says nothing of them, each message is
//! signed, and one that is not taken is sent again for three days.
//!
//! The catalog writes messages in the transaction of what they tell of. Any number of processes may
//! [`run`]; one that dies leaves its message to the others a minute later, so a receiver may get a
//! message twice, under the same id.
//!
//! [Standard Webhooks]: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

mod config;
mod payload;
mod routes;
mod run;
mod schedule;
mod sender;

pub use config::WebhooksConfig;
pub use routes::{WebhooksState, router};
pub use run::run;
