//! What every HTTP part of ours has in common: problem answers (below `/fhir/` as FHIR has them),
//! access, entity tags, serving, health.
//!
//! A part builds an axum router whose handlers answer `Result<_, ApiError>`, take their input
//! through [`Path`], [`Query`] and [`Json`], and ask [`Access`] for a role where one is needed.
//! The process merges the routers with [`health`], wraps the whole in [`protect`] and hands it to
//! [`serve`]. Status codes are chosen here and nowhere else.

mod access;
mod access_log;
mod connection;
mod content_policy;
mod entity_tag;
mod error;
mod extract;
mod first_read;
mod gate;
mod health;
mod kept;
mod markup;
mod media;
mod operation_outcome;
mod origin;
mod problem;
mod protect;
mod protected;
mod readiness;
mod reply;
mod request_id;
mod s3_error;
mod serve;
mod tenants;

pub use access::{
    Access, AccessControl, AccessRules, FrontDoor, LimitRules, Loan, OpenId, Rate, RoleMapping,
    Secret, SigningSecret, TooShortSecret, Transport, lend_slide, take_back,
};
pub use catalog::Role;
pub use content_policy::content_policy_with;
pub use entity_tag::EntityTag;
pub use error::ApiError;
pub use extract::{Json, Path, Query};
pub use first_read::{FirstRead, FirstReadRule};
pub use health::health;
pub use kept::Immutable;
pub use media::{Accept, MediaRange, NoMediaRange, NotAcceptable, Offer, Packaging};
pub use operation_outcome::OperationOutcome;
pub use origin::Origin;
pub use problem::Problem;
pub use protect::{protect, protect_tenants};
pub use protected::Protected;
pub use readiness::{Need, Readiness};
pub use reply::{Freshness, Reply};
pub use request_id::RequestId;
pub use serve::serve;
