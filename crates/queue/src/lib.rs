//! Hands messages from step to step, at least once each.
//!
//! The contract:
//!
//! * Each message of a stream goes to one of the stream's consumers and stays with it until it is
//!   acknowledged. Messages wait for a consumer that has yet to subscribe.
//! * A delivery that is retried, or dropped without an answer (its handler failed or panicked),
//!   comes again after a pause that doubles each time, from one second to five minutes.
//! * A message equal to one that waits is not queued twice. One equal to a message *in flight* is
//!   delivered once more after that one is acknowledged, however often it was published: its
//!   handler may have looked at the world before whatever the new message announces.
//! * Order is that of publishing, but nothing may depend on it: retried messages fall back.
//! * A stream holds a limited number of messages; beyond it the one that waited longest is lost.
//!   So is everything in the queue when the process ends. The queue is a hint: the catalog is the
//!   record, and the sweeper announces again whatever it says is unfinished.

mod consumer;
mod error;
mod messages;
mod queue;
mod stream;

pub use consumer::{Consumer, Delivery};
pub use error::QueueError;
pub use queue::Queue;
