use catalog::PrivateName;
use serde::Serialize;

use super::{AbsentReason, Identifier};
use crate::kind::ResourceKind;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Reference {
    pub(crate) extension: Vec<AbsentExtension>,
    pub(crate) reference: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<&'static str>,
    pub(crate) identifier: Option<Identifier>,
    pub(crate) display: Option<String>,
}

/// Why an element that must be there says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AbsentExtension {
    url: &'static str,
    value_code: &'static str,
}

impl Reference {
    /// To a resource of ours.
    pub(crate) fn to(kind: ResourceKind, id: impl std::fmt::Display) -> Self {
        Self {
            reference: Some(format!("{kind}/{id}")),
            kind: Some(kind.name()),
            ..Self::default()
        }
    }

    /// To what is contained in the same resource.
    pub(crate) fn within(id: &str) -> Self {
        Self {
            reference: Some(format!("#{id}")),
            ..Self::default()
        }
    }

    /// To a patient whom the laboratory knows by this pseudonym.
    pub(crate) fn patient(pseudonym: &PrivateName) -> Self {
        Self {
            kind: Some("Patient"),
            identifier: Some(Identifier::private(pseudonym)),
            ..Self::default()
        }
    }

    /// To a person, by the name on their login link.
    pub(crate) fn practitioner(name: &str) -> Self {
        Self {
            kind: Some("Practitioner"),
            display: Some(name.to_owned()),
            ..Self::default()
        }
    }

    /// To a program or person, by the name on their token.
    pub(crate) fn named(name: &str) -> Self {
        Self {
            display: Some(name.to_owned()),
            ..Self::default()
        }
    }
}

/// Of what belongs to no patient that is known.
pub(crate) fn unknown_subject() -> Reference {
    Reference {
        extension: vec![AbsentExtension {
            url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            value_code: AbsentReason::Unknown.code(),
        }],
        ..Reference::default()
    }
}
