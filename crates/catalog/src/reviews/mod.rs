//! What people say of slides, and what they sign of cases.

mod opinion;
mod review;
mod sign_off;

pub use opinion::{Finding, Impression, Opinion, OverrideReason, SeenResult};
pub use review::{AddedReview, NewReview, ReviewRow, standing_reviews};
pub use sign_off::{NewSignOff, SignOffRow};

pub(crate) use review::review_columns;
