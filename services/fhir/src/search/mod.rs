//! Searching: what can be asked for, where it is looked for, and the Bundle that answers.

mod bundle;
mod cursor;
mod filter;
mod found;
mod gather;
mod moment;
mod page;
mod parameter;
mod query;
mod scope;

pub(crate) use gather::Gatherer;
pub(crate) use page::search;
pub(crate) use parameter::Parameter;
pub(crate) use query::{Pairs, SearchQuery, Sent};
