use super::Told;
use super::content::OURS;
use super::content_item::{CONTAINS, Term, code, number, text};
use super::signature::{Signature, SignedFinding};
use crate::DataSet;

/// A term of our own: value and meaning.
pub(super) const fn term([value, meaning]: [&'static str; 2]) -> Term<'static> {
    [value, OURS, meaning]
}

const CALL: Term<'static> = term(["call", "Call of the task"]);
const NO_CALL: Term<'static> = term(["no-call", "Why the task gives no answer"]);
const GRADE: Term<'static> = term(["grade", "Grade by the task"]);
const EXPECTED_GRADE: Term<'static> = term(["expected-grade", "Expected grade by the task"]);
const SCALE: Term<'static> = term(["grade-scale", "Scale of the grade"]);
const SIGNED: Term<'static> = term(["signed-call", "What the person signed"]);
const SIGNED_GRADE: Term<'static> = term(["signed-grade", "Grade that the person signed"]);

/// Call and grade; in their place why there is none, where the task abstained.
pub(super) fn of_task(told: &Told<'_>) -> Vec<DataSet> {
    let prediction = told.prediction;
    if let Some(reason) = &prediction.abstention {
        return vec![text(CONTAINS, NO_CALL, &reason.to_string())];
    }
    let mut items = vec![answer(CALL, &prediction.call.label)];
    if let Some(grade) = &prediction.grade {
        items.push(number(GRADE, f64::from(grade.value)));
        items.push(number(EXPECTED_GRADE, grade.expected));
        items.push(text(CONTAINS, SCALE, &grade.scale));
    }
    items
}

pub(super) fn signed(signature: &Signature) -> Vec<DataSet> {
    let SignedFinding { label, grade } = &signature.finding;
    let mut items = vec![answer(SIGNED, label)];
    items.extend(grade.map(|grade| number(SIGNED_GRADE, f64::from(grade))));
    items
}

/// In the task's own words.
fn answer(question: Term<'_>, label: &str) -> DataSet {
    code(CONTAINS, question, [label, OURS, label])
}
