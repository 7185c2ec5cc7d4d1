use std::fmt;
use std::str::FromStr;

use catalog::RecordedPrediction;
use chrono::{DateTime, Utc};
use flow::CaseId;
use http::ApiError;
use reading::{CaseRecord, Signature};
use serde::Serialize;

use super::device::device_id;
use super::observation::ObservationId;
use crate::code::EntityRole;
use crate::element::{CodeableConcept, Coding, Meta, Reference};
use crate::kind::ResourceKind;

/// Who made a result of what, or who signed a report.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "resourceType", rename_all = "camelCase")]
pub(crate) struct Provenance {
    pub(crate) id: String,
    pub(crate) meta: Meta,
    pub(crate) target: Vec<Reference>,
    recorded: DateTime<Utc>,
    reason: Vec<CodeableConcept>,
    activity: CodeableConcept,
    agent: Vec<Agent>,
    entity: Vec<Entity>,
}

#[derive(Clone, Debug, Serialize)]
struct Agent {
    #[serde(rename = "type")]
    kind: CodeableConcept,
    who: Reference,
}

#[derive(Clone, Debug, Serialize)]
struct Entity {
    role: EntityRole,
    what: Reference,
}

/// That of a task's result has the result's id, that of a signature is `CASE-vNUMBER`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ProvenanceId {
    Result(ObservationId),
    Signature { case: CaseId, version: u32 },
}

impl Provenance {
    pub(crate) fn of_result(result: &RecordedPrediction) -> Self {
        let RecordedPrediction {
            prediction,
            recorded_at,
        } = result;
        let id = ObservationId::of_result(prediction);
        Self {
            target: vec![Reference::to(ResourceKind::Observation, &id)],
            id: id.to_string(),
            meta: Meta::updated(*recorded_at).marked(prediction.regulatory_status),
            recorded: *recorded_at,
            reason: Vec::new(),
            activity: activity("CREATE"),
            agent: vec![Agent {
                kind: participant("assembler"),
                who: Reference::to(ResourceKind::Device, device_id(prediction)),
            }],
            entity: vec![Entity {
                role: EntityRole::Source,
                what: Reference::to(ResourceKind::ImagingStudy, prediction.slide),
            }],
        }
    }

    pub(crate) fn of_signature(case: &CaseRecord, signature: &Signature) -> Self {
        let id = ProvenanceId::Signature {
            case: case.row.id,
            version: signature.version,
        };
        let slides = signature.body.slides.iter();
        let why = signature.body.amendment.as_ref();
        Self {
            id: id.to_string(),
            meta: Meta::updated(signature.signed_at),
            target: vec![Reference::to(ResourceKind::DiagnosticReport, case.row.id)],
            recorded: signature.signed_at,
            reason: why
                .map(|why| CodeableConcept::text(why.reveal()))
                .into_iter()
                .collect(),
            activity: activity(if signature.version > 1 {
                "UPDATE"
            } else {
                "CREATE"
            }),
            agent: vec![Agent {
                kind: participant("legal"),
                who: Reference::practitioner(&signature.signer),
            }],
            entity: slides
                .map(|slide| Entity {
                    role: EntityRole::Source,
                    what: Reference::to(ResourceKind::ImagingStudy, slide),
                })
                .collect(),
        }
    }
}

impl fmt::Display for ProvenanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Result(id) => id.fmt(f),
            Self::Signature { case, version } => write!(f, "{case}-v{version}"),
        }
    }
}

impl FromStr for ProvenanceId {
    type Err = ApiError;

    fn from_str(text: &str) -> Result<Self, ApiError> {
        let unknown = || ApiError::not_found("there is no Provenance of that id");
        let Some((case, version)) = text.split_once("-v") else {
            return text
                .parse()
                .map(Self::Result)
                .map_err(|_no_id: ApiError| unknown());
        };
        let case = case.parse().ok();
        let signature = case.zip(version.parse().ok());
        let (case, version) = signature.ok_or_else(unknown)?;
        Ok(Self::Signature { case, version })
    }
}

fn activity(code: &str) -> CodeableConcept {
    let system = "http://terminology.hl7.org/CodeSystem/v3-DataOperation";
    CodeableConcept::of(Coding::new(system, code))
}

fn participant(code: &str) -> CodeableConcept {
    let system = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
    CodeableConcept::of(Coding::new(system, code))
}
