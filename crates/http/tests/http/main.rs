//! The crate as its users see it: requests in, answers out, behind a real catalog.

mod access;
mod connection;
mod kept;
mod limits;
mod machines;
mod problems;
mod provided;
mod server;
mod serving;
mod sign_in;
mod tenants;
