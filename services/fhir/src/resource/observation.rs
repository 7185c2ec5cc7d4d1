use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use flow::{CaseId, Prediction, Sha256Digest, SlideId, TaskId};
use http::ApiError;
use reading::CaseRecord;
use serde::Serialize;

use crate::code::FinalStatus;
use crate::element::{CodeableConcept, Coding, Meta, Quantity, Reference, unknown_subject};
use crate::kind::ResourceKind;
use crate::systems;

/// What a task or a person says of a slide, or all slides of a case together.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "resourceType", rename_all = "camelCase")]
pub(crate) struct Observation {
    pub(crate) id: String,
    pub(crate) meta: Meta,
    pub(crate) based_on: Vec<Reference>,
    pub(crate) status: FinalStatus,
    pub(crate) category: Vec<CodeableConcept>,
    /// The task.
    pub(crate) code: CodeableConcept,
    pub(crate) subject: Reference,
    pub(crate) effective_date_time: DateTime<Utc>,
    pub(crate) issued: DateTime<Utc>,
    pub(crate) performer: Vec<Reference>,
    #[serde(flatten)]
    pub(crate) says: Value,
    pub(crate) note: Vec<Note>,
    pub(crate) method: Option<CodeableConcept>,
    pub(crate) specimen: Option<Reference>,
    pub(crate) device: Option<Reference>,
    pub(crate) has_member: Vec<Reference>,
    pub(crate) derived_from: Vec<Reference>,
    pub(crate) component: Vec<Component>,
}

/// A value, or why there is none; never both (R4 invariant obs-6).
#[derive(Clone, Debug, Serialize)]
pub(crate) enum Value {
    #[serde(rename = "valueCodeableConcept")]
    Concept(CodeableConcept),
    #[serde(rename = "valueQuantity")]
    Quantity(Quantity),
    #[serde(rename = "valueInteger")]
    Integer(u64),
    #[serde(rename = "dataAbsentReason")]
    Absent(CodeableConcept),
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Component {
    pub(crate) code: CodeableConcept,
    #[serde(flatten)]
    pub(crate) value: Value,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Note {
    pub(crate) text: String,
}

/// Who says what of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObservationOf {
    Slide(SlideId),
    Case(CaseId),
}

/// `SLIDE-ai-DIGEST`, `SLIDE-reader-DIGEST` or `CASE-case-DIGEST`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObservationId {
    pub(crate) of: ObservationOf,
    text: String,
}

impl ObservationId {
    pub(crate) fn of_result(prediction: &Prediction) -> Self {
        let named = format!("{} {}", prediction.name(), prediction.task.hash);
        let slide = prediction.slide;
        Self {
            of: ObservationOf::Slide(slide),
            text: format!("{slide}-ai-{}", digest(&named)),
        }
    }

    pub(crate) fn of_reader(slide: SlideId, task: &TaskId) -> Self {
        Self {
            of: ObservationOf::Slide(slide),
            text: format!("{slide}-reader-{}", digest(task.as_str())),
        }
    }

    pub(crate) fn of_case(case: CaseId, task: &TaskId) -> Self {
        Self {
            of: ObservationOf::Case(case),
            text: format!("{case}-case-{}", digest(task.as_str())),
        }
    }
}

impl fmt::Display for ObservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for ObservationId {
    type Err = ApiError;

    fn from_str(text: &str) -> Result<Self, ApiError> {
        let unknown = || ApiError::not_found("there is no Observation of that id");
        let (of, rest) = text.split_once('-').ok_or_else(unknown)?;
        let of = match rest.split_once('-') {
            Some(("ai" | "reader", _)) => of.parse().ok().map(ObservationOf::Slide),
            Some(("case", _)) => of.parse().ok().map(ObservationOf::Case),
            _ => None,
        };
        Ok(Self {
            of: of.ok_or_else(unknown)?,
            text: text.to_owned(),
        })
    }
}

/// So much of a digest that no two of one slide or case are the same.
fn digest(of: &str) -> String {
    Sha256Digest::of(of.as_bytes()).short()
}

/// What is measured: the task's own question.
pub(super) fn task_code(task: &TaskId) -> CodeableConcept {
    CodeableConcept::of(Coding::new(systems::TASK, task.as_str())).saying(task.as_str())
}

/// One of the parts that a result has beside its call.
pub(super) fn component(code: &str, text: impl Into<String>, value: Value) -> Component {
    Component {
        code: CodeableConcept::of(Coding::new(systems::RESULT, code)).saying(text),
        value,
    }
}

pub(super) fn call_concept(task: &TaskId, label: &str) -> CodeableConcept {
    let system = format!("{}{task}", systems::CALL);
    CodeableConcept::of(Coding::new(&system, label)).saying(label)
}

pub(super) fn grade_concept(scale: &str, value: u8) -> CodeableConcept {
    // A URI has no spaces, which the name of a scale may have.
    let named = scale.split_whitespace().collect::<Vec<_>>().join("-");
    let system = format!("{}{named}", systems::GRADE);
    CodeableConcept::of(Coding::new(&system, value.to_string())).saying(format!("{scale} {value}"))
}

pub(super) fn laboratory() -> Vec<CodeableConcept> {
    let system = "http://terminology.hl7.org/CodeSystem/observation-category";
    vec![CodeableConcept::of(Coding::new(system, "laboratory"))]
}

pub(super) fn subject_of(case: Option<&CaseRecord>) -> Reference {
    let patient = case.and_then(|case| case.row.patient.as_ref());
    patient.map_or_else(unknown_subject, Reference::patient)
}

/// The orders that a result answers: those of the case that name its task, or none.
pub(super) fn orders_for(case: Option<&CaseRecord>, task: &TaskId) -> Vec<Reference> {
    let orders = case.iter().flat_map(|case| &case.orders);
    let answered = orders.filter(|row| row.order.task.as_ref().is_none_or(|wanted| wanted == task));
    let to = |row: &catalog::OrderRow| Reference::to(ResourceKind::ServiceRequest, row.id);
    answered.map(to).collect()
}
