use catalog::AuditRow;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::code::{AuditEventAction, AuditEventOutcome};
use crate::element::{Coding, Meta, Reference};
use crate::kind::ResourceKind;
use crate::systems;

/// One row of the audit trail.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "resourceType", rename = "AuditEvent", rename_all = "camelCase")]
pub(crate) struct AuditEventResource {
    pub(crate) id: String,
    pub(crate) meta: Meta,
    #[serde(rename = "type")]
    kind: Coding,
    subtype: Vec<Coding>,
    action: AuditEventAction,
    recorded: DateTime<Utc>,
    outcome: AuditEventOutcome,
    agent: Vec<AuditAgent>,
    source: AuditSource,
    entity: Vec<AuditEntity>,
}

#[derive(Clone, Debug, Serialize)]
struct AuditAgent {
    who: Reference,
    requestor: bool,
}

#[derive(Clone, Debug, Serialize)]
struct AuditSource {
    observer: Reference,
    #[serde(rename = "type")]
    kind: Vec<Coding>,
}

#[derive(Clone, Debug, Serialize)]
struct AuditEntity {
    what: Option<Reference>,
    detail: Vec<AuditDetail>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AuditDetail {
    #[serde(rename = "type")]
    kind: &'static str,
    value_string: String,
}

impl AuditEventResource {
    pub(crate) fn of(row: &AuditRow) -> Self {
        Self {
            id: row.seq.to_string(),
            meta: Meta::updated(row.at),
            kind: Coding::new(
                "http://terminology.hl7.org/CodeSystem/audit-event-type",
                "rest",
            ),
            subtype: vec![Coding::new(systems::AUDIT_ACTION, row.action.as_str())],
            action: action_of(&row.action),
            recorded: row.at,
            outcome: AuditEventOutcome::Success,
            agent: vec![AuditAgent {
                who: Reference::named(&row.actor),
                requestor: true,
            }],
            source: AuditSource {
                observer: Reference::named("Coverslip"),
                kind: vec![Coding::new(
                    "http://terminology.hl7.org/CodeSystem/security-source-type",
                    "4",
                )],
            },
            entity: entities(row),
        }
    }
}

fn entities(row: &AuditRow) -> Vec<AuditEntity> {
    let what = row.slide;
    let what = what.map(|slide| Reference::to(ResourceKind::ImagingStudy, slide));
    let detail: Vec<_> = match row.detail.is_null() {
        true => Vec::new(),
        false => vec![AuditDetail {
            kind: "detail",
            value_string: row.detail.to_string(),
        }],
    };
    match what.is_none() && detail.is_empty() {
        true => Vec::new(),
        false => vec![AuditEntity { what, detail }],
    }
}

/// Of an action that this build no longer knows: that it was done.
fn action_of(name: &str) -> AuditEventAction {
    match name {
        "token_added" | "slide_received" | "instance_kept" | "order_placed" | "slide_reviewed"
        | "case_signed" | "annotation_saved" | "message_answered" => AuditEventAction::Create,
        "patient_image_seen" | "orders_seen" | "case_seen" | "reviews_seen" | "identities_seen"
        | "labels_exported" | "results_sent" => AuditEventAction::Read,
        "mpp_given" | "covariates_given" | "case_assigned" | "slide_put_in_case"
        | "identity_corrected" | "label_removed" => AuditEventAction::Update,
        "token_removed" | "annotation_removed" => AuditEventAction::Delete,
        _ => AuditEventAction::Execute,
    }
}
