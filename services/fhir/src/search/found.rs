use catalog::PrivateName;
use chrono::{DateTime, Utc};
use flow::OrderId;
use reading::CaseRecord;
use serde::Serialize;
use serde_json::Value;

use crate::element::{Identifier, Meta};
use crate::kind::ResourceKind;
use crate::resource::{
    AuditEventResource, Device, DiagnosticReport, ImagingStudy, Observation, Provenance,
    ServiceRequest, Specimen,
};

/// A resource, and what it can be found by.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) resource: Resource,
    pub(super) facts: Facts,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Resource {
    ServiceRequest(Box<ServiceRequest>),
    Specimen(Box<Specimen>),
    ImagingStudy(Box<ImagingStudy>),
    Observation(Box<Observation>),
    DiagnosticReport(Box<DiagnosticReport>),
    Device(Box<Device>),
    Provenance(Box<Provenance>),
    AuditEvent(Box<AuditEventResource>),
}

#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) id: String,
    pub(super) updated: Option<DateTime<Utc>>,
    pub(super) status: Option<String>,
    pub(super) patient: Option<PrivateName>,
    pub(super) identifiers: Vec<Identifier>,
    pub(super) orders: Vec<OrderId>,
    pub(super) targets: Vec<String>,
}

impl Facts {
    fn new(id: &str, meta: Option<&Meta>) -> Self {
        Self {
            id: id.to_owned(),
            updated: meta.and_then(|meta| meta.last_updated),
            ..Self::default()
        }
    }

    fn in_case(self, case: Option<&CaseRecord>) -> Self {
        let orders = case.iter().flat_map(|case| &case.orders);
        Self {
            patient: case.and_then(|case| case.row.patient.clone()),
            orders: orders.map(|order| order.id).collect(),
            ..self
        }
    }

    fn standing(self, status: impl Serialize) -> Self {
        let status = serde_json::to_value(status).ok();
        let status = status.as_ref().and_then(Value::as_str);
        Self {
            status: status.map(str::to_owned),
            ..self
        }
    }

    fn known_as(self, identifiers: impl IntoIterator<Item = Identifier>) -> Self {
        Self {
            identifiers: identifiers.into_iter().collect(),
            ..self
        }
    }
}

impl Found {
    pub(crate) const fn kind(&self) -> ResourceKind {
        match self.resource {
            Resource::ServiceRequest(_) => ResourceKind::ServiceRequest,
            Resource::Specimen(_) => ResourceKind::Specimen,
            Resource::ImagingStudy(_) => ResourceKind::ImagingStudy,
            Resource::Observation(_) => ResourceKind::Observation,
            Resource::DiagnosticReport(_) => ResourceKind::DiagnosticReport,
            Resource::Device(_) => ResourceKind::Device,
            Resource::Provenance(_) => ResourceKind::Provenance,
            Resource::AuditEvent(_) => ResourceKind::AuditEvent,
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.facts.id
    }

    pub(super) fn service_request(made: ServiceRequest, case: &CaseRecord) -> Self {
        let facts = Facts::new(&made.id, Some(&made.meta)).in_case(Some(case));
        let facts = facts
            .standing(made.status)
            .known_as(made.identifier.clone());
        Self {
            facts,
            resource: Resource::ServiceRequest(Box::new(made)),
        }
    }

    pub(super) fn specimen(made: Specimen, case: Option<&CaseRecord>) -> Self {
        let facts = Facts::new(&made.id, made.meta.as_ref()).in_case(case);
        Self {
            facts: facts.known_as(made.accession_identifier.clone()),
            resource: Resource::Specimen(Box::new(made)),
        }
    }

    pub(super) fn imaging_study(made: ImagingStudy, case: Option<&CaseRecord>) -> Self {
        let accession = case.map(|case| Identifier::accession(&case.row.accession));
        let facts = Facts::new(&made.id, None).in_case(case);
        let known = made.identifier.iter().cloned().chain(accession);
        Self {
            facts: facts.standing(made.status).known_as(known),
            resource: Resource::ImagingStudy(Box::new(made)),
        }
    }

    pub(super) fn observation(made: Observation, case: Option<&CaseRecord>) -> Self {
        let facts = Facts::new(&made.id, Some(&made.meta)).in_case(case);
        let based_on = made
            .based_on
            .iter()
            .filter_map(|to| to.reference.as_deref());
        let orders = based_on.filter_map(|to| to.strip_prefix("ServiceRequest/")?.parse().ok());
        let facts = Facts {
            orders: orders.collect(),
            ..facts.standing(made.status)
        };
        Self {
            facts,
            resource: Resource::Observation(Box::new(made)),
        }
    }

    pub(super) fn diagnostic_report(made: DiagnosticReport, case: &CaseRecord) -> Self {
        let facts = Facts::new(&made.id, Some(&made.meta)).in_case(Some(case));
        let facts = facts
            .standing(made.status)
            .known_as(made.identifier.clone());
        Self {
            facts,
            resource: Resource::DiagnosticReport(Box::new(made)),
        }
    }

    pub(super) fn device(made: Device) -> Self {
        let facts = Facts::new(&made.id, Some(&made.meta));
        Self {
            facts: facts.known_as(made.identifier.clone()),
            resource: Resource::Device(Box::new(made)),
        }
    }

    pub(super) fn provenance(made: Provenance) -> Self {
        let targets = made.target.iter().filter_map(|to| to.reference.clone());
        let facts = Facts {
            targets: targets.collect(),
            ..Facts::new(&made.id, Some(&made.meta))
        };
        Self {
            facts,
            resource: Resource::Provenance(Box::new(made)),
        }
    }

    pub(super) fn audit_event(made: AuditEventResource) -> Self {
        Self {
            facts: Facts::new(&made.id, Some(&made.meta)),
            resource: Resource::AuditEvent(Box::new(made)),
        }
    }
}
