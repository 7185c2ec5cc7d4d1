//! What happens in a laboratory, for tests: slides come into cases, results come to slides, persons
//! review them and sign.

mod happenings;
mod sample;

pub use happenings::{overridden, scored, signed};
pub use sample::prediction;

/// The accession of the one case that [`scored`] puts slides in.
pub const ACCESSION: &str = "CANARY-S26-1";

/// The patient of that case.
pub const PATIENT: &str = "CANARY-P-1";
