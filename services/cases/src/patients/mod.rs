//! What all cases of a patient say together.
//!
//! A patient stands in bodies alone, never in an address.

mod routes;
mod view;

pub(crate) use routes::routes;
