//! Requests to systems whose address somebody gave: it must not lead into our own network, however it
//! is written, but where the operator said so.
//!
//! What a name leads to is looked up for each connection, which is made to an address that was looked
//! at. No redirect is followed, and no proxy of the environment is asked.

mod client;
mod egress;
mod public;
mod resolver;
mod target;

pub use client::{Client, ClientError, SendError};
pub use egress::Egress;
pub use ipnet::IpNet;
pub use target::{Target, TargetError};
