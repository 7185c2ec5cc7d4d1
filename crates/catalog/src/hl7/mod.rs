//! Messages of the laboratory's systems: those that came, and those that are to be sent.
//!
//! Results are written down by triggers, in the transaction of what they tell of, and only while
//! somebody sends them.

mod outbox;
mod received;
mod results;

pub use outbox::{DueResults, ResultsSettled};
pub use received::{AnsweredOrders, StoredAnswer, StoredMessage};
pub use results::{ResultsMessage, ResultsPage, ResultsState};
