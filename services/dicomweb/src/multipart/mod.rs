//! Bodies of several parts (RFC 2046 section 5.1, RFC 2387), read from storage while they are sent.

mod body;
mod message;

pub(crate) use body::{Stored, body_of};
pub(crate) use message::{Message, Piece};
