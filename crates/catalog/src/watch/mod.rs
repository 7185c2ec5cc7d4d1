//! Whether what models see and say is still like what they were accepted on: what is kept of each slide
//! to tell by, what was found, and what a person should look at.

mod alert;
mod alerts;
mod judged;
mod observations;
mod references;
mod turn;
mod watches;
mod week;

pub use alert::{AlertClosing, AlertSighting, ModelAlert, ModelAlertKind, NewModelAlert};
pub use alerts::ClosedAlert;
pub use judged::JudgedSlide;
pub use observations::{NewObservation, Observation, ObservedSketch, Unobserved};
pub use references::{ModelReference, NewModelReference};
pub use watches::{ModelWatch, WatchKind};
pub use week::{IsoWeek, NoIsoWeek};
