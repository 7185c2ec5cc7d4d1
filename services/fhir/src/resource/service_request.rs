use catalog::{CaseStanding, NewOrder, OrderRow, Priority};
use chrono::{DateTime, Utc};
use reading::CaseRecord;
use serde::Serialize;

use super::Specimen;
use crate::code::{RequestIntent, RequestPriority, RequestStatus};
use crate::element::{CodeableConcept, Coding, Identifier, IdentifierType, Meta, Reference};
use crate::order::OrderKey;
use crate::systems;

/// "Specimen container": what a part of a specimen lies in.
pub(crate) const PART_CONTAINER: &str = "434711009";
/// "Tissue cassette": a block.
pub(crate) const BLOCK_CONTAINER: &str = "434464009";
/// "Staining method".
pub(crate) const STAINING: &str = "127790008";

const SPECIMEN: &str = "specimen";

/// What the laboratory ordered.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "resourceType", rename_all = "camelCase")]
pub(crate) struct ServiceRequest {
    pub(crate) id: String,
    pub(crate) meta: Meta,
    contained: Vec<Specimen>,
    pub(crate) identifier: Vec<Identifier>,
    pub(crate) status: RequestStatus,
    intent: RequestIntent,
    priority: RequestPriority,
    code: CodeableConcept,
    pub(crate) subject: Reference,
    authored_on: DateTime<Utc>,
    requester: Reference,
    specimen: Vec<Reference>,
}

impl ServiceRequest {
    /// Completed once the case is signed.
    pub(crate) fn of(row: &OrderRow, case: &CaseRecord) -> Self {
        let order = &row.order;
        let (status, updated) = match (case.row.standing, case.signed()) {
            (CaseStanding::Signed, Some(signed)) => (RequestStatus::Completed, signed.signed_at),
            _ => (RequestStatus::Active, row.ordered_at),
        };
        Self {
            id: row.id.to_string(),
            meta: Meta::updated(updated.max(row.ordered_at)),
            contained: vec![Specimen::ordered(order, SPECIMEN)],
            identifier: identifiers(row),
            status,
            intent: RequestIntent::Order,
            priority: order.priority.into(),
            code: asked_for(order),
            subject: Reference::patient(&order.patient),
            authored_on: row.ordered_at,
            requester: Reference::named(&row.ordered_by),
            specimen: vec![Reference::within(SPECIMEN)],
        }
    }
}

impl From<Priority> for RequestPriority {
    fn from(priority: Priority) -> Self {
        match priority {
            Priority::Routine => Self::Routine,
            Priority::Urgent => Self::Urgent,
            Priority::Stat => Self::Stat,
        }
    }
}

impl From<RequestPriority> for Priority {
    fn from(priority: RequestPriority) -> Self {
        match priority {
            RequestPriority::Routine => Self::Routine,
            RequestPriority::Urgent => Self::Urgent,
            RequestPriority::Stat => Self::Stat,
        }
    }
}

/// The sender's own, then the accession number.
fn identifiers(row: &OrderRow) -> Vec<Identifier> {
    let placer = row.idempotency_key.as_deref().map(|key| {
        let OrderKey { system, value } = OrderKey::read(key);
        let system = system.unwrap_or_else(|| systems::ORDER_KEY.to_owned());
        Identifier::new(&system, value).of_type(IdentifierType::Placer)
    });
    let accession = Identifier::accession(&row.order.accession);
    placer.into_iter().chain([accession]).collect()
}

fn asked_for(order: &NewOrder) -> CodeableConcept {
    match &order.task {
        Some(task) => CodeableConcept::of(Coding::new(systems::TASK, task.as_str())),
        None => CodeableConcept::text("analysis of whole-slide images by every task"),
    }
}
