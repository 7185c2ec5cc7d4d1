//! Whether what tasks see and say is still like what they were accepted on: looked at once a day, by
//! whichever process has the turn, and whenever somebody asks.

mod alert_view;
mod distances;
mod drift_alerts;
mod drift_report;
mod look;
mod observed;
mod reference;
mod reference_request;
mod role;
mod routes;
mod seen_weeks;
mod signed_calls;
mod subgroup_look;
mod subgroup_report;

pub use drift_report::{
    ComparedWith, DriftReport, DriftWeek, KnownDrift, ScannerDrift, WeeklyRate,
};
pub use look::{LookError, drift_of, look_at_drift};
pub use reference::{NoReference, ReferenceSelection, StoredReference, choose_reference};
pub use role::run;
pub use subgroup_look::{look_at_subgroups, subgroups_of};
pub use subgroup_report::{KnownSubgroups, Subgroup, SubgroupColumn, SubgroupGap, SubgroupReport};

pub(crate) use routes::routes;

/// As whom a slide counts whose file names no scanner.
const UNKNOWN_SCANNER: &str = "unknown";

fn scanner_name(scanner: Option<&str>) -> &str {
    scanner.unwrap_or(UNKNOWN_SCANNER)
}
