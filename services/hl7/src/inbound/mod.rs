//! Messages that come in, from a connection to the answer.

mod converse;
mod fault;
mod group;
mod header;
mod listen;
mod order;
mod receive;
mod reply;

pub use listen::listen;
