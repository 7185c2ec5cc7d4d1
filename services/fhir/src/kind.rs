use std::fmt;

use catalog::AuditAction;
use http::Role;
use serde::Serialize;

/// The kinds of resource that are answered here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum ResourceKind {
    ServiceRequest,
    Specimen,
    ImagingStudy,
    Observation,
    DiagnosticReport,
    Device,
    Provenance,
    AuditEvent,
}

impl ResourceKind {
    pub(crate) const ALL: [Self; 8] = [
        Self::ServiceRequest,
        Self::Specimen,
        Self::ImagingStudy,
        Self::Observation,
        Self::DiagnosticReport,
        Self::Device,
        Self::Provenance,
        Self::AuditEvent,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ServiceRequest => "ServiceRequest",
            Self::Specimen => "Specimen",
            Self::ImagingStudy => "ImagingStudy",
            Self::Observation => "Observation",
            Self::DiagnosticReport => "DiagnosticReport",
            Self::Device => "Device",
            Self::Provenance => "Provenance",
            Self::AuditEvent => "AuditEvent",
        }
    }
}

impl ResourceKind {
    /// Who may see such resources.
    pub(crate) const fn readers(self) -> &'static [Role] {
        match self {
            Self::Device => &[Role::Pathologist, Role::Lis, Role::Engineer],
            Self::AuditEvent => &[Role::Admin],
            _ => &[Role::Pathologist, Role::Lis],
        }
    }

    /// What is put on record when somebody read such resources; `None` of what names no patient.
    pub(crate) const fn read_as(self) -> Option<AuditAction> {
        match self {
            Self::ServiceRequest => Some(AuditAction::OrdersSeen),
            Self::Device | Self::AuditEvent => None,
            _ => Some(AuditAction::CaseSeen),
        }
    }

    /// The codes of their status, where they can be searched by it.
    pub(crate) const fn statuses(self) -> &'static [&'static str] {
        match self {
            Self::ServiceRequest => &["active", "completed"],
            Self::ImagingStudy => &["registered", "available", "cancelled"],
            Self::Observation => &["preliminary", "final", "amended"],
            Self::DiagnosticReport => &["registered", "preliminary", "final", "amended"],
            _ => &[],
        }
    }
}

impl fmt::Display for ResourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
