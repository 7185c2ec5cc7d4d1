//! Whether label, scanner, orders and people name the same slide, and what follows where they do not.

mod compare;
mod correct;
mod examine;
mod ordered;
mod settle;

pub use correct::{CorrectIdentityError, Correction, correct_identity};
pub use examine::{IdentityRule, examine_identity};
pub use settle::{examine_again, identity_hold, match_waiting, place_slide};
