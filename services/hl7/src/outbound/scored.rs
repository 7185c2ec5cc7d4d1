//! What tasks say, marked as what it is.

use catalog::RecordedPrediction;
use chrono::{DateTime, Utc};
use flow::{Abstention, Prediction, RegulatoryStatus, TaskId};
use reading::{CaseCall, Finality, TaskResult};

use super::observation::{Observation, Status, Value};
use super::vocabulary::TASKS;
use crate::message::coded;

const RESEARCH_USE: &str =
    "Research use only: a task's answer, which no person signed and no signature makes final.";

/// Of a slide: the call with its figures, never one without the other.
pub(super) fn of_result(result: &RecordedPrediction, slide: usize) -> Vec<Observation> {
    let prediction = &result.prediction;
    let mut observations = vec![call(result, slide)];
    let abstention = prediction.abstention.as_ref();
    if abstention.is_some_and(|abstention| !abstention.leaves_figures()) {
        return observations;
    }
    let mut add = |code: &str, text: &str, value: Value| {
        observations.push(Observation {
            what: marked(prediction, &format!("{}.{code}", prediction.task.id), text),
            value,
            status: Status::Known(Finality::Preliminary),
            notes: Vec::new(),
            ..call(result, slide)
        });
    };
    let probability = Value::Number(prediction.probability);
    add("probability", "calibrated probability", probability);
    let threshold = Value::Number(prediction.threshold);
    add(
        "threshold",
        "probability from which on it is called",
        threshold,
    );
    for class in &prediction.class_probabilities {
        let text = format!("probability of {}", class.label);
        add("class-probability", &text, Value::Number(class.probability));
    }
    if let (Some(grade), None) = (&prediction.grade, abstention) {
        let text = format!("{} {}", grade.scale, grade.value);
        let value = coded(&grade.value.to_string(), &text, TASKS);
        add(
            "grade",
            &format!("grade ({})", grade.scale),
            Value::Coded(vec![value]),
        );
    }
    if let Some(set) = &prediction.set {
        let labels = set.labels.iter().map(|label| coded(label, label, TASKS));
        let text = format!("answers that cannot be ruled out (alpha {})", set.alpha);
        add("set", &text, Value::Coded(labels.collect()));
    }
    observations
}

fn call(result: &RecordedPrediction, slide: usize) -> Observation {
    let prediction = &result.prediction;
    let label = &prediction.call.label;
    let (value, status) = match &prediction.abstention {
        Some(_) => (Value::None, Status::Absent),
        None => (
            Value::Coded(vec![coded(label, label, TASKS)]),
            Status::Known(Finality::Preliminary),
        ),
    };
    let task = &prediction.task;
    Observation {
        what: marked(prediction, task.id.as_str(), task.id.as_str()),
        slide: Some(slide),
        value,
        status,
        at: result.recorded_at,
        by: None,
        method: Some(format!(
            "encoder {} ({})",
            prediction.encoder.name,
            prediction.encoder.hash.short()
        )),
        device: Some(format!(
            "{} {} {}",
            task.id,
            task.version,
            task.hash.short()
        )),
        notes: notes(prediction),
    }
}

/// OBX-3: the mark stands in the text that people see beside the value, wherever it is shown.
fn marked(prediction: &Prediction, code: &str, text: &str) -> String {
    match prediction.regulatory_status {
        RegulatoryStatus::ResearchUseOnly => marked_as_research(code, text),
    }
}

fn marked_as_research(code: &str, text: &str) -> String {
    coded(code, &format!("{text} (research use only)"), TASKS)
}

fn notes(prediction: &Prediction) -> Vec<String> {
    let mut notes = vec![RESEARCH_USE.to_owned()];
    let abstention = prediction.abstention.as_ref().map(Abstention::to_string);
    notes.extend(abstention.map(|why| format!("No answer: {why}")));
    if let Some(untrained) = &prediction.untrained_mpp {
        notes.push(format!(
            "The encoder saw {} um per pixel and was trained at {}.",
            untrained.used, untrained.trained
        ));
    }
    notes
}

/// Of all slides of a case together; where people answered for every slide it is theirs.
pub(super) fn of_case(result: &TaskResult, finality: Finality, at: DateTime<Utc>) -> Observation {
    let call = |code: &str| Value::Coded(vec![coded(code, code, TASKS)]);
    let value = match result.call {
        CaseCall::Positive => call("positive"),
        CaseCall::Negative => call("negative"),
        CaseCall::ByClass => Value::Coded(labels(result)),
        CaseCall::Open => Value::None,
    };
    let status = match result.call {
        CaseCall::Open => Status::Absent,
        _ => Status::Known(finality),
    };
    let (code, text) = (
        case_code(&result.task),
        format!("{} of the case", result.task),
    );
    let mut notes = vec![counted(result)];
    let what = match result.rests_on_people() {
        true => coded(&code, &text, TASKS),
        false => {
            notes.insert(0, RESEARCH_USE.to_owned());
            marked_as_research(&code, &text)
        }
    };
    Observation {
        what,
        slide: None,
        value,
        status,
        at,
        by: None,
        method: Some("fused by rule".to_owned()),
        device: None,
        notes,
    }
}

fn case_code(task: &TaskId) -> String {
    format!("{task}.case")
}

fn labels(result: &TaskResult) -> Vec<String> {
    let labels = result.labels.keys();
    labels.map(|label| coded(label, label, TASKS)).collect()
}

fn counted(result: &TaskResult) -> String {
    let n_without = result.abstaining.len() + result.without.len();
    let mut text = format!(
        "Of {} slides {} positive, {} negative, {n_without} without an answer.",
        result.n_slides, result.n_positive, result.n_negative
    );
    if let Some(grade) = result.worst_grade {
        text += &format!(" The worst grade is {grade}, on the task's scale.");
    }
    text
}
