use catalog::{Opinion, ReviewRow};
use reading::{CaseRecord, ReaderFinding, SlideRecord, findings};

use super::observation::{
    Component, Note, Observation, ObservationId, Value, call_concept, component, laboratory,
    orders_for, subject_of, task_code,
};
use crate::element::{CodeableConcept, Coding, Meta, Reference};
use crate::kind::ResourceKind;
use crate::systems;

/// What people say of a slide in place of tasks: what was signed, where the case is.
pub(crate) fn of_readers(slide: &SlideRecord, case: Option<&CaseRecord>) -> Vec<Observation> {
    let signatures = case.map_or(&[][..], |case| &case.signatures);
    let found = findings(slide.row.id, &slide.reviews, signatures);
    let found = found.into_iter();
    found
        .filter_map(|finding| of_finding(finding, case))
        .collect()
}

fn of_finding(finding: ReaderFinding<'_>, case: Option<&CaseRecord>) -> Option<Observation> {
    let ReaderFinding { review, status } = finding;
    let seen = review.opinion.result()?;
    let found = review.opinion.finding()?;
    let task = &seen.task.id;
    Some(Observation {
        id: ObservationId::of_reader(review.slide, task).to_string(),
        meta: Meta::updated(updated_at(review, case)),
        based_on: orders_for(case, task),
        status: status.into(),
        category: laboratory(),
        code: task_code(task),
        subject: subject_of(case),
        effective_date_time: review.reviewed_at,
        issued: review.reviewed_at,
        performer: vec![Reference::practitioner(&review.reviewer)],
        says: Value::Concept(call_concept(task, &found.call.label)),
        note: words(&review.opinion),
        method: Some(CodeableConcept::text("read by a person")),
        specimen: Some(Reference::to(ResourceKind::Specimen, review.slide)),
        device: None,
        has_member: Vec::new(),
        derived_from: vec![Reference::to(ResourceKind::ImagingStudy, review.slide)],
        component: components(&review.opinion, found.grade),
    })
}

/// A signature changes how final it is.
fn updated_at(review: &ReviewRow, case: Option<&CaseRecord>) -> chrono::DateTime<chrono::Utc> {
    let signed = case.and_then(CaseRecord::signed);
    let signed = signed.filter(|signed| signed.body.slides.contains(&review.slide));
    signed.map_or(review.reviewed_at, |signed| signed.signed_at)
}

fn components(opinion: &Opinion, grade: Option<u8>) -> Vec<Component> {
    let judgement = CodeableConcept::of(Coding::new(systems::JUDGEMENT, opinion.kind()));
    let judgement = Value::Concept(judgement);
    let mut components = vec![component(
        "judgement",
        "whether the reader went with the task",
        judgement,
    )];
    if let Some(grade) = grade {
        let value = Value::Integer(grade.into());
        components.push(component("grade", "grade, on the task's scale", value));
    }
    components
}

fn words(opinion: &Opinion) -> Vec<Note> {
    let text = match opinion {
        Opinion::Impression { text, .. } | Opinion::Accept { text, .. } => text.as_ref(),
        Opinion::Override { text, .. } => Some(text),
    };
    let text = text.map(|text| text.reveal().to_owned());
    text.into_iter().map(|text| Note { text }).collect()
}
