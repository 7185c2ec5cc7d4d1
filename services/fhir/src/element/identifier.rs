use catalog::PrivateName;
use serde::Serialize;

use super::{CodeableConcept, Coding};
use crate::systems;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Identifier {
    #[serde(rename = "type")]
    pub(crate) kind: Option<CodeableConcept>,
    pub(crate) system: Option<String>,
    pub(crate) value: String,
}

/// Those of HL7's table 0203 that are told here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdentifierType {
    Accession,
    Placer,
}

impl IdentifierType {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Accession => "ACSN",
            Self::Placer => "PLAC",
        }
    }
}

impl Identifier {
    pub(crate) fn new(system: &str, value: impl Into<String>) -> Self {
        Self {
            kind: None,
            system: Some(system.to_owned()),
            value: value.into(),
        }
    }

    /// By which the laboratory knows it, in a system that it did not name.
    pub(crate) fn private(name: &PrivateName) -> Self {
        Self {
            value: name.reveal().to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn accession(name: &PrivateName) -> Self {
        Self::private(name).of_type(IdentifierType::Accession)
    }

    pub(crate) fn of_type(self, kind: IdentifierType) -> Self {
        let coding = Coding::new(systems::HL7_V2_IDENTIFIER_TYPE, kind.code());
        Self {
            kind: Some(CodeableConcept::of(coding)),
            ..self
        }
    }

    /// Of a DICOM UID (R4 section 5.4.4).
    pub(crate) fn dicom_uid(uid: impl std::fmt::Display) -> Self {
        Self::new(systems::DICOM_UID, format!("urn:oid:{uid}"))
    }
}
