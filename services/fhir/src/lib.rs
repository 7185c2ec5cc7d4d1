//! FHIR R4 (4.0.1): orders in, results and where they come from out.
//!
//! An order is the one that `POST /api/v1/orders` makes. A report is preliminary until a person
//! signed it; what is for research only stays here, or is marked and never becomes final. Who may see what, and
//! when, is asked as everywhere: by role, and by the first read.

mod answer;
mod capability;
mod code;
mod element;
mod kind;
mod order;
mod resource;
mod routes;
mod search;
mod state;
mod systems;

pub use reading::ResearchResults;
pub use routes::router;
pub use state::FhirState;
