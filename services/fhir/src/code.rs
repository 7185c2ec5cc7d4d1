//! Codes of elements that FHIR binds to its own lists ("required" bindings). A code that is not
//! here can be neither read nor written.

use reading::Finality;
use serde::{Deserialize, Serialize};

/// `request-status`, as far as an order of ours can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RequestStatus {
    Active,
    Completed,
}

/// `request-intent`, as far as it is an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RequestIntent {
    Order,
    OriginalOrder,
    FillerOrder,
    InstanceOrder,
}

/// `request-priority` but for `asap`, which is none of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RequestPriority {
    Routine,
    Urgent,
    Stat,
}

/// `specimen-status`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SpecimenStatus {
    Available,
}

/// `imagingstudy-status`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StudyStatus {
    Registered,
    Available,
    Cancelled,
}

/// How final a result is: `observation-status` and `diagnostic-report-status` share these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FinalStatus {
    /// There is none yet.
    Registered,
    /// No person signed it.
    Preliminary,
    /// A person signed it.
    Final,
    /// A person signed it, and another version before it.
    Amended,
}

impl From<Finality> for FinalStatus {
    fn from(finality: Finality) -> Self {
        match finality {
            Finality::Preliminary => Self::Preliminary,
            Finality::Final => Self::Final,
            Finality::Amended => Self::Amended,
        }
    }
}

/// `device-status`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DeviceStatus {
    Active,
}

/// `device-nametype`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DeviceNameType {
    ModelName,
}

/// `provenance-entity-role`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EntityRole {
    Source,
}

/// `audit-event-action`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum AuditEventAction {
    #[serde(rename = "C")]
    Create,
    #[serde(rename = "R")]
    Read,
    #[serde(rename = "U")]
    Update,
    #[serde(rename = "D")]
    Delete,
    #[serde(rename = "E")]
    Execute,
}

/// `audit-event-outcome`: what is on record was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum AuditEventOutcome {
    #[serde(rename = "0")]
    Success,
}

/// `endpoint-status`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EndpointStatus {
    Active,
}

/// `bundle-type`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BundleType {
    Searchset,
}

/// `search-entry-mode`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EntryMode {
    Match,
    Outcome,
}
