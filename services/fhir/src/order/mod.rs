//! What a laboratory orders by a ServiceRequest.

mod body;
mod condition;
mod key;
mod place;
mod specimen;

pub(crate) use key::OrderKey;
pub(crate) use place::create;
