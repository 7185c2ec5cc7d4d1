//! Slides, their progress and their results over REST.
//!
//! Everything here is read from the catalog; what can be changed is the mpp of a slide that is held
//! for want of it, what is known of it beside its pixels, and whether it is analysed at all.

mod changes;
mod covariates;
mod events;
mod predictions;
mod report;
mod routes;
mod slide_view;
mod state;
mod stop;

pub use report::{SlideReport, report};
pub use routes::router;
pub use state::{CasesDeps, CasesState};
