//! Hands messages from step to step, at least once each.
//!
//! The contract, which `tests/` holds both kinds of queue to:
//!
//! * Each message of a stream goes to one of the stream's consumers and stays with it until it is
//!   acknowledged. Messages wait for a consumer that has yet to subscribe.
//! * A delivery that is retried, or dropped without an answer (its handler failed or panicked),
//!   comes again after a pause that doubles each time, from one second to five minutes. One that is
//!   handed back comes again at once, and is not counted.
//! * A message equal to one that waits is not queued twice. One equal to a message *in flight* is
//!   delivered once more after that one is acknowledged, however often it was published: its
//!   handler may have looked at the world before whatever the new message announces.
//! * A message that is given up, or that nobody can read, lies among the stream's dead letters with
//!   the reason, until it is redriven or 10,000 newer ones have come.
//! * A stream has two lanes. An urgent message that is due goes before every routine one. The lanes
//!   know nothing of each other: equal messages in both are two, and come twice.
//! * Within a lane order is that of publishing, but nothing may depend on it: retried messages fall
//!   back.
//! * A lane holds a limited number of messages; beyond it the one that waited longest is lost,
//!   and counted as such. Messages in flight or paused are never lost for room: where there are
//!   no others, the new one is.
//!
//! The queue is a hint and may be lost entirely: the catalog is the record, and the sweeper
//! announces again whatever it says is unfinished.
//!
//! There are two kinds. [`Queue::in_process`] ends with its process. [`Queue::redis`] lets any
//! number of processes share the streams, and this is what it adds:
//!
//! * A consumer holds a message by a *lease*, which is extended for as long as the [`Delivery`]
//!   lives. Where a worker is killed its leases run out; the messages come to others at once, and
//!   the delivery that was broken off counts in [`Delivery::attempt`].
//! * An answer that comes after the lease was lost to another consumer changes nothing. One that
//!   does not reach Redis is tried for as long as a lease lasts; then the message comes again.
//! * Redis may be restarted or wiped at any time. Consumers wait until it is back and make anew
//!   what they need; [`Queue::publish`] fails with what to do about it.

mod answer;
mod consumer;
mod dead_letter;
mod delivery;
mod depth;
mod error;
mod in_process;
mod pause;
mod queue;
mod redis_streams;

pub use consumer::Consumer;
pub use dead_letter::{DeadLetter, DeadLetterId, NoDeadLetterId, Redriven};
pub use delivery::Delivery;
pub use depth::Depth;
pub use error::QueueError;
pub use queue::Queue;
pub use redis_streams::{NoRedisUrl, RedisConfig, RedisUrl};

/// Messages a lane of a stream holds: some ten megabytes.
const CAPACITY: usize = 65_536;

/// Dead letters a stream holds; beyond it the oldest is forgotten.
const DEAD_LETTERS: usize = 10_000;
