//! One module for each kind of resource: what it looks like, and how it is made of what the catalog
//! says.

mod audit_event;
mod case_observation;
mod device;
mod diagnostic_report;
mod imaging_study;
mod observation;
mod provenance;
mod reader_observation;
mod service_request;
mod specimen;
mod task_observation;

pub(crate) use audit_event::AuditEventResource;
pub(crate) use case_observation::of_case;
pub(crate) use device::Device;
pub(crate) use diagnostic_report::DiagnosticReport;
pub(crate) use imaging_study::ImagingStudy;
pub(crate) use observation::{Observation, ObservationId, ObservationOf};
pub(crate) use provenance::{Provenance, ProvenanceId};
pub(crate) use reader_observation::of_readers;
pub(crate) use service_request::{BLOCK_CONTAINER, PART_CONTAINER, STAINING, ServiceRequest};
pub(crate) use specimen::Specimen;
pub(crate) use task_observation::of_tasks;
