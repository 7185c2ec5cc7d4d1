//! The text of messages (HL7 v2.5.1 chapter 2): read with whatever separators one has, written with
//! those that everybody uses.

mod escape;
mod parsed;
mod separators;
mod written;

pub(crate) use escape::escaped;
pub(crate) use parsed::{Message, NoMessage, Segment};
pub(crate) use separators::Separators;
pub(crate) use written::{WrittenSegment, coded, composed, time};
