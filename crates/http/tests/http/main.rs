//! The crate as its users see it: requests in, answers out, behind a real catalog.

mod access;
mod connection;
mod kept;
mod problems;
mod server;
mod serving;
