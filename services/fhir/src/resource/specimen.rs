use catalog::{NewOrder, PrivateName, SlidePlace};
use chrono::{DateTime, Utc};
use reading::{CaseRecord, SlideRecord};
use serde::Serialize;

use super::observation::subject_of;
use super::service_request::{BLOCK_CONTAINER, PART_CONTAINER, STAINING};
use crate::code::SpecimenStatus;
use crate::element::{CodeableConcept, Coding, Identifier, Meta, Reference};
use crate::kind::ResourceKind;
use crate::systems;

/// The glass slide that was scanned, or, within an order, what is to be.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "resourceType", rename_all = "camelCase")]
pub(crate) struct Specimen {
    pub(crate) id: String,
    pub(crate) meta: Option<Meta>,
    pub(crate) identifier: Vec<Identifier>,
    pub(crate) accession_identifier: Option<Identifier>,
    status: Option<SpecimenStatus>,
    pub(crate) subject: Option<Reference>,
    received_time: Option<DateTime<Utc>>,
    request: Vec<Reference>,
    processing: Vec<Processing>,
    container: Vec<Container>,
}

#[derive(Clone, Debug, Serialize)]
struct Processing {
    procedure: CodeableConcept,
}

#[derive(Clone, Debug, Serialize)]
struct Container {
    identifier: Vec<Identifier>,
    #[serde(rename = "type")]
    kind: CodeableConcept,
}

impl Specimen {
    pub(crate) fn of(slide: &SlideRecord, case: Option<&CaseRecord>) -> Self {
        let place = slide.row.place.as_ref();
        let of_place = |name: fn(&SlidePlace) -> Option<&PrivateName>| place.and_then(name);
        let orders = case.iter().flat_map(|case| &case.orders);
        Self {
            id: slide.row.id.to_string(),
            meta: None,
            identifier: Vec::new(),
            accession_identifier: case.map(|case| Identifier::accession(&case.row.accession)),
            status: Some(SpecimenStatus::Available),
            subject: Some(subject_of(case)),
            received_time: Some(slide.row.received_at),
            request: orders
                .map(|order| Reference::to(ResourceKind::ServiceRequest, order.id))
                .collect(),
            processing: stained(of_place(|place| place.stain.as_ref())),
            container: containers(
                of_place(|place| place.part.as_ref()),
                of_place(|place| place.block.as_ref()),
            ),
        }
    }

    /// As an order names it.
    pub(super) fn ordered(order: &NewOrder, id: &str) -> Self {
        Self {
            id: id.to_owned(),
            meta: None,
            identifier: order.specimen.iter().map(Identifier::private).collect(),
            accession_identifier: Some(Identifier::accession(&order.accession)),
            status: None,
            subject: None,
            received_time: None,
            request: Vec::new(),
            processing: stained(order.stain.as_ref()),
            container: containers(order.part.as_ref(), order.block.as_ref()),
        }
    }
}

fn stained(stain: Option<&PrivateName>) -> Vec<Processing> {
    let procedure = |stain: &PrivateName| {
        CodeableConcept::of(Coding::new(systems::SNOMED_CT, STAINING)).saying(stain.reveal())
    };
    let stain = stain.map(procedure);
    stain
        .into_iter()
        .map(|procedure| Processing { procedure })
        .collect()
}

fn containers(part: Option<&PrivateName>, block: Option<&PrivateName>) -> Vec<Container> {
    let container = |name: Option<&PrivateName>, code: &str| {
        name.map(|name| Container {
            identifier: vec![Identifier::private(name)],
            kind: CodeableConcept::of(Coding::new(systems::SNOMED_CT, code)),
        })
    };
    let both = [
        container(part, PART_CONTAINER),
        container(block, BLOCK_CONTAINER),
    ];
    both.into_iter().flatten().collect()
}
