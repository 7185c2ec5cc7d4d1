use chrono::{DateTime, Utc};
use flow::RegulatoryStatus;
use reading::{CaseCall, CaseRecord, ResearchResults, SlideRecord, TaskResult, together};

use super::observation::{
    Component, Note, Observation, ObservationId, Value, call_concept, component, laboratory,
    orders_for, subject_of, task_code,
};
use super::{of_readers, task_observation};
use crate::element::{AbsentReason, CodeableConcept, Coding, Meta, Reference, absent};
use crate::kind::ResourceKind;
use crate::systems;

/// What the slides of a case say together by the rule, one observation a task.
///
/// Where people answered for every slide, the signature makes it final; what rests on a task's
/// answer stays preliminary and is marked as that is, if it may leave at all.
pub(crate) fn of_case(
    case: &CaseRecord,
    slides: &[SlideRecord],
    research: ResearchResults,
) -> Vec<Observation> {
    let signed = case.signed_body();
    let results = match signed {
        Some(body) => body.results.clone(),
        None => together(slides),
    };
    let results = results.iter();
    results
        .filter(|result| research.let_out_of_case(result))
        .map(|result| of_result(case, slides, result))
        .collect()
}

/// When anything of the case changed last.
pub(super) fn updated_at(case: &CaseRecord, slides: &[SlideRecord]) -> DateTime<Utc> {
    let results = slides.iter().flat_map(|slide| &slide.results);
    let results = results.map(|result| result.recorded_at);
    let reviews = slides.iter().flat_map(|slide| &slide.reviews);
    let reviews = reviews.map(|review| review.reviewed_at);
    let orders = case.orders.iter().map(|order| order.ordered_at);
    let signed = case.signatures.iter().map(|signed| signed.signed_at);
    let changes = results.chain(reviews).chain(orders).chain(signed);
    changes.fold(case.row.opened_at, DateTime::max)
}

fn of_result(case: &CaseRecord, slides: &[SlideRecord], result: &TaskResult) -> Observation {
    let signed = case.signed();
    let by_people = result.rests_on_people();
    let updated = signed.map_or_else(|| updated_at(case, slides), |signed| signed.signed_at);
    let meta = Meta::updated(updated);
    Observation {
        id: ObservationId::of_case(case.row.id, &result.task).to_string(),
        meta: match by_people {
            true => meta,
            false => meta.marked(RegulatoryStatus::ResearchUseOnly),
        },
        based_on: orders_for(Some(case), &result.task),
        status: result.finality(signed).into(),
        category: laboratory(),
        code: task_code(&result.task),
        subject: subject_of(Some(case)),
        effective_date_time: updated,
        issued: updated,
        performer: signed
            .filter(|_| by_people)
            .map(|signed| Reference::practitioner(&signed.signer))
            .into_iter()
            .collect(),
        says: called(result),
        note: vec![Note { text: RULE.into() }],
        method: Some(CodeableConcept::text("fused by rule")),
        specimen: None,
        device: None,
        has_member: members(case, slides, result, by_people),
        derived_from: Vec::new(),
        component: components(result),
    }
}

const RULE: &str = "Positive if any slide is, negative only if every slide is; the worst grade of \
                    any slide; none where no slide is positive and any has no answer.";

fn called(result: &TaskResult) -> Value {
    let coded = |code: &str| {
        let coding = Coding::new(systems::CASE_CALL, code);
        Value::Concept(CodeableConcept::of(coding).saying(code))
    };
    match result.call {
        CaseCall::Positive => coded("positive"),
        CaseCall::Negative => coded("negative"),
        CaseCall::ByClass => coded("by_class"),
        CaseCall::Open => Value::Absent(absent(
            AbsentReason::Unknown,
            "no slide is positive, and not every slide has an answer",
        )),
    }
}

fn components(result: &TaskResult) -> Vec<Component> {
    let labels = result.labels.iter().map(|(label, n_slides)| Component {
        code: call_concept(&result.task, label).saying(format!("slides called {label}")),
        value: Value::Integer(*n_slides as u64),
    });
    let count = |code, text: &str, n: usize| component(code, text, Value::Integer(n as u64));
    let mut components = vec![
        count("slides", "slides of the case", result.n_slides),
        count(
            "slides-by-person",
            "slides whose answer is a person's",
            result.n_by_person,
        ),
        count(
            "slides-without-answer",
            "slides without an answer",
            result.abstaining.len() + result.without.len(),
        ),
    ];
    components.extend(labels);
    if let Some(grade) = result.worst_grade {
        let value = Value::Integer(grade.into());
        components.push(component(
            "grade",
            "worst grade, on the task's scale",
            value,
        ));
    }
    components
}

/// The observations that it is made of: people's where they spoke, else the latest of the task.
fn members(
    case: &CaseRecord,
    slides: &[SlideRecord],
    result: &TaskResult,
    by_people: bool,
) -> Vec<Reference> {
    let code = task_code(&result.task);
    let mut members = Vec::new();
    for slide in slides {
        let read = of_readers(slide, Some(case)).into_iter();
        let mut of_slide: Vec<_> = read.filter(|read| read.code == code).collect();
        if of_slide.is_empty() && !by_people {
            let latest = slide.latest();
            let latest = latest.filter(|row| row.prediction.task.id == result.task);
            of_slide.extend(latest.map(|row| task_observation::of_result(row, Some(case))));
        }
        let of_slide = of_slide.iter();
        members.extend(of_slide.map(|read| Reference::to(ResourceKind::Observation, &read.id)));
    }
    members
}
