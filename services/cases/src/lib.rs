//! Slides, their progress and their results over REST; orders and cases, what people say of slides,
//! what they draw on them, and what they sign; which models there are, and whether people see what they say.
//!
//! Everything here is read from the catalog. Of a slide can be changed the mpp for want of which it
//! is held, what is known of it beside its pixels, which case it belongs to, which slide it is where
//! its label and others disagree, and whether it is analysed at all. Whatever shows anything of a result asks [`http::FirstRead`] before.

mod annotations;
mod changes;
mod covariates;
mod events;
mod me;
mod models;
mod orders;
mod patients;
mod predictions;
mod reconciliation;
mod report;
mod reviews;
mod routes;
mod sightings;
mod slide_view;
mod state;
mod stop;
mod task_failures;
mod usage;
mod worklist;
mod written_report;

pub use models::{ModelView, NotJudged, ShadowChange, ShadowComparison, ShadowSlide, judged};
pub use report::{SlideReport, report};
pub use routes::router;
pub use state::{CasesDeps, CasesState};
pub use task_failures::TaskFailureView;
pub use usage::{UsageBy, UsageSpan, UsageWork, WrongSpan, to_csv, usage};
