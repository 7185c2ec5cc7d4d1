//! Slides, their progress and their results over REST; orders and cases, what people say of slides,
//! what they draw on them, and what they sign; which models there are, whether people see what they say, and whether they are as they were.
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
mod watch;
mod worklist;
mod written_report;

pub use models::{ModelView, NotJudged, ShadowChange, ShadowComparison, ShadowSlide, judged};
pub use report::{SlideReport, report};
pub use routes::router;
pub use state::{CasesDeps, CasesState};
pub use task_failures::TaskFailureView;
pub use usage::{UsageBy, UsageSpan, UsageWork, WrongSpan, to_csv, usage};
pub use watch::{
    ComparedWith, DriftReport, DriftWeek, KnownDrift, KnownSubgroups, LookError, NoReference,
    ReferenceSelection, ScannerDrift, StoredReference, Subgroup, SubgroupColumn, SubgroupGap,
    SubgroupReport, WeeklyRate, choose_reference, drift_of, look_at_drift, look_at_subgroups,
    run as watch_models, subgroups_of,
};
