//! Which form of an answer the caller takes (PS3.18 section 8.7).
//!
//! Nothing is transcoded: a resource has the few forms that follow from what is stored, and the
//! caller's list chooses among them.

mod accept;
mod offer;
mod range;

pub use accept::Accept;
pub use offer::{NotAcceptable, Offer, Packaging};
pub use range::{MediaRange, NoMediaRange};
