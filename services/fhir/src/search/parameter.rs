use crate::kind::ResourceKind;

/// What resources can be searched by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    Id,
    Identifier,
    Subject,
    BasedOn,
    Status,
    LastUpdated,
    Target,
}

impl Parameter {
    /// Under which names each kind of resource knows them.
    pub(crate) const fn of(kind: ResourceKind) -> &'static [(&'static str, Self)] {
        match kind {
            ResourceKind::ServiceRequest => &[
                ("_id", Self::Id),
                ("_lastUpdated", Self::LastUpdated),
                ("identifier", Self::Identifier),
                ("subject", Self::Subject),
                ("patient", Self::Subject),
                ("status", Self::Status),
            ],
            ResourceKind::Specimen => &[
                ("_id", Self::Id),
                ("identifier", Self::Identifier),
                ("accession", Self::Identifier),
                ("subject", Self::Subject),
                ("patient", Self::Subject),
            ],
            ResourceKind::ImagingStudy => &[
                ("_id", Self::Id),
                ("identifier", Self::Identifier),
                ("subject", Self::Subject),
                ("patient", Self::Subject),
                ("basedon", Self::BasedOn),
                ("based-on", Self::BasedOn),
                ("status", Self::Status),
            ],
            ResourceKind::Observation => &[
                ("_id", Self::Id),
                ("_lastUpdated", Self::LastUpdated),
                ("subject", Self::Subject),
                ("patient", Self::Subject),
                ("based-on", Self::BasedOn),
                ("status", Self::Status),
            ],
            ResourceKind::DiagnosticReport => &[
                ("_id", Self::Id),
                ("_lastUpdated", Self::LastUpdated),
                ("identifier", Self::Identifier),
                ("subject", Self::Subject),
                ("patient", Self::Subject),
                ("based-on", Self::BasedOn),
                ("status", Self::Status),
            ],
            ResourceKind::Device => &[
                ("_id", Self::Id),
                ("_lastUpdated", Self::LastUpdated),
                ("identifier", Self::Identifier),
            ],
            ResourceKind::Provenance => &[("_id", Self::Id), ("target", Self::Target)],
            ResourceKind::AuditEvent => &[("_id", Self::Id), ("_lastUpdated", Self::LastUpdated)],
        }
    }
}
