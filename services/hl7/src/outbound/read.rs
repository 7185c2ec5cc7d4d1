//! What people say.

use catalog::Opinion;
use reading::{Finality, ReaderFinding, Signature};

use super::observation::{Observation, Status, Value};
use super::vocabulary::TASKS;
use crate::message::coded;

/// Of a slide, in place of a task.
pub(super) fn of_finding(finding: ReaderFinding<'_>, slide: usize) -> Option<Vec<Observation>> {
    let ReaderFinding { review, status } = finding;
    let task = &review.opinion.result()?.task.id;
    let found = review.opinion.finding()?;
    let label = &found.call.label;
    let call = Observation {
        what: coded(task.as_str(), task.as_str(), TASKS),
        slide: Some(slide),
        value: Value::Coded(vec![coded(label, label, TASKS)]),
        status: Status::Known(status),
        at: review.reviewed_at,
        by: Some(review.reviewer.clone()),
        method: Some("read by a person".to_owned()),
        device: None,
        notes: words(&review.opinion).into_iter().collect(),
    };
    let grade = found.grade.map(|grade| Observation {
        what: coded(&format!("{task}.grade"), &format!("{task}, grade"), TASKS),
        value: Value::Coded(vec![coded(&grade.to_string(), &grade.to_string(), TASKS)]),
        notes: Vec::new(),
        ..call.clone()
    });
    Some([call].into_iter().chain(grade).collect())
}

/// The signer's words on the case.
pub(super) fn conclusion(signed: &Signature, finality: Finality) -> Option<Observation> {
    Some(Observation {
        what: coded("conclusion", "conclusion", TASKS),
        slide: None,
        value: Value::Text(signed.body.conclusion()?),
        status: Status::Known(finality),
        at: signed.signed_at,
        by: Some(signed.signer.clone()),
        method: None,
        device: None,
        notes: Vec::new(),
    })
}

fn words(opinion: &Opinion) -> Option<String> {
    let text = match opinion {
        Opinion::Impression { text, .. } | Opinion::Accept { text, .. } => text.as_ref(),
        Opinion::Override { text, .. } => Some(text),
    };
    text.map(|text| text.reveal().to_owned())
}
