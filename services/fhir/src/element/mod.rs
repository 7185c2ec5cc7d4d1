//! FHIR's data types, as far as our resources have them.
//!
//! What is `None` or empty is left out of every answer (`crate::answer`).

mod coding;
mod identifier;
mod meta;
mod quantity;
mod reference;

pub(crate) use coding::{AbsentReason, CodeableConcept, Coding, absent};
pub(crate) use identifier::{Identifier, IdentifierType};
pub(crate) use meta::Meta;
pub(crate) use quantity::Quantity;
pub(crate) use reference::{Reference, unknown_subject};
