use catalog::RecordedPrediction;
use flow::{Abstention, Prediction, PredictionSet, RegulatoryStatus, SetBasis};
use reading::{CaseRecord, ResearchResults, SlideRecord};

use super::device::device_id;
use super::observation::{
    Component, Note, Observation, ObservationId, Value, call_concept, component, grade_concept,
    laboratory, orders_for, subject_of, task_code,
};
use crate::code::FinalStatus;
use crate::element::{AbsentReason, CodeableConcept, Coding, Meta, Quantity, Reference, absent};
use crate::kind::ResourceKind;
use crate::systems;

const RESEARCH_USE: &str =
    "Research use only: a task's answer, which no person signed and no signature makes final.";

/// What tasks say of a slide as far as it may leave, each result an observation of its own.
pub(crate) fn of_tasks(
    slide: &SlideRecord,
    case: Option<&CaseRecord>,
    research: ResearchResults,
) -> Vec<Observation> {
    let results = slide.results.iter();
    let results = results.filter(|row| research.let_out(row.prediction.regulatory_status));
    results.map(|result| of_result(result, case)).collect()
}

pub(super) fn of_result(result: &RecordedPrediction, case: Option<&CaseRecord>) -> Observation {
    let RecordedPrediction {
        prediction,
        recorded_at,
    } = result;
    let slide = prediction.slide;
    Observation {
        id: ObservationId::of_result(prediction).to_string(),
        meta: Meta::updated(*recorded_at).marked(prediction.regulatory_status),
        based_on: orders_for(case, &prediction.task.id),
        status: status_of(prediction.regulatory_status),
        category: laboratory(),
        code: code_of(prediction),
        subject: subject_of(case),
        effective_date_time: *recorded_at,
        issued: *recorded_at,
        performer: Vec::new(),
        says: called(prediction),
        note: notes(prediction),
        method: Some(CodeableConcept::text(format!(
            "encoder {} ({})",
            prediction.encoder.name,
            prediction.encoder.hash.short()
        ))),
        specimen: Some(Reference::to(ResourceKind::Specimen, slide)),
        device: Some(Reference::to(ResourceKind::Device, device_id(prediction))),
        has_member: Vec::new(),
        derived_from: vec![Reference::to(ResourceKind::ImagingStudy, slide)],
        component: components(prediction),
    }
}

/// What a task says stays preliminary for as long as it is for research.
const fn status_of(status: RegulatoryStatus) -> FinalStatus {
    match status {
        RegulatoryStatus::ResearchUseOnly => FinalStatus::Preliminary,
    }
}

fn code_of(prediction: &Prediction) -> CodeableConcept {
    let mut code = task_code(&prediction.task.id);
    for coding in &mut code.coding {
        coding.version = Some(prediction.task.version.to_string());
    }
    code
}

fn called(prediction: &Prediction) -> Value {
    match &prediction.abstention {
        Some(abstention) => Value::Absent(not_called(abstention)),
        None => {
            let label = &prediction.call.label;
            Value::Concept(call_concept(&prediction.task.id, label))
        }
    }
}

/// Why the task does not answer: FHIR's reason, then its own.
fn not_called(abstention: &Abstention) -> CodeableConcept {
    let (reason, own) = match abstention {
        Abstention::ScannerNotAllowed { .. } => (AbsentReason::Unsupported, "scanner_not_allowed"),
        Abstention::MppNotAllowed { .. } => (AbsentReason::Unsupported, "mpp_not_allowed"),
        Abstention::TooLittleTissue { .. } => (AbsentReason::Unsupported, "too_little_tissue"),
        Abstention::OutOfDistribution { .. } => (AbsentReason::Unsupported, "out_of_distribution"),
        Abstention::CovariatesUnknown { .. } => (AbsentReason::TempUnknown, "covariates_unknown"),
        Abstention::Declined { .. } => (AbsentReason::Unknown, "declined"),
        Abstention::Uncertain { .. } => (AbsentReason::Unknown, "uncertain"),
    };
    let mut concept = absent(reason, abstention.to_string());
    concept.coding.push(Coding::new(systems::ABSTENTION, own));
    concept
}

fn components(prediction: &Prediction) -> Vec<Component> {
    let abstention = prediction.abstention.as_ref();
    let mut components = Vec::new();
    match abstention.filter(|abstention| !abstention.leaves_figures()) {
        Some(abstention) => {
            let none = Value::Absent(not_called(abstention));
            components.push(component("probability", PROBABILITY, none));
        }
        None => {
            components.extend(figures(prediction));
            components.extend(grades(prediction));
            components.extend(of_set(prediction));
        }
    }
    let n_tiles = Value::Integer(prediction.n_instances);
    components.push(component("tissue-tiles", "tissue tiles read", n_tiles));
    components
}

const PROBABILITY: &str =
    "calibrated probability of the positive class, a grade above the lowest, or the class called";

fn figures(prediction: &Prediction) -> Vec<Component> {
    let ratio = |value| Value::Quantity(Quantity::ratio(value));
    let mut figures = vec![
        component("probability", PROBABILITY, ratio(prediction.probability)),
        component(
            "threshold",
            "probability from which on it is called",
            ratio(prediction.threshold),
        ),
    ];
    let classes = prediction.class_probabilities.iter().map(|class| {
        let text = format!("probability of {}", class.label);
        component("class-probability", text, ratio(class.probability))
    });
    figures.extend(classes);
    figures
}

fn grades(prediction: &Prediction) -> Vec<Component> {
    let Some(grade) = &prediction.grade else {
        return Vec::new();
    };
    let value = match &prediction.abstention {
        Some(abstention) => Value::Absent(not_called(abstention)),
        None => Value::Concept(grade_concept(&grade.scale, grade.value)),
    };
    let expected = Value::Quantity(Quantity::ratio(grade.expected));
    vec![
        component("grade", format!("grade ({})", grade.scale), value),
        component(
            "expected-grade",
            "expected grade under the grades' probabilities",
            expected,
        ),
    ]
}

/// The answers that cannot be ruled out, one component each.
fn of_set(prediction: &Prediction) -> Vec<Component> {
    const CODE: &str = "prediction-set";
    let Some(set) = &prediction.set else {
        let none = absent(
            AbsentReason::NotPerformed,
            "the task was not calibrated to rule answers out",
        );
        let text = "answers that cannot be ruled out";
        return vec![component(CODE, text, Value::Absent(none))];
    };
    let text = said_of(set);
    if set.labels.is_empty() {
        let none = absent(
            AbsentReason::Unknown,
            "every answer was ruled out: the slide is like none that the task was calibrated on",
        );
        return vec![component(CODE, text, Value::Absent(none))];
    }
    let labels = set.labels.iter();
    let concept = |label: &String| Value::Concept(call_concept(&prediction.task.id, label));
    labels
        .map(|label| component(CODE, text.clone(), concept(label)))
        .collect()
}

fn said_of(set: &PredictionSet) -> String {
    let text = format!(
        "an answer that cannot be ruled out (conformal, alpha {})",
        set.alpha
    );
    match &set.basis {
        SetBasis::Calibrated => text,
        SetBasis::TooFewCalibrationSlides {
            label,
            n_slides,
            needed,
        } => {
            format!(
                "{text}; {n_slides} calibration slides of {label} rule nothing out, it takes {needed}"
            )
        }
    }
}

fn notes(prediction: &Prediction) -> Vec<Note> {
    let mut notes = vec![RESEARCH_USE.to_owned()];
    if let Some(untrained) = &prediction.untrained_mpp {
        notes.push(format!(
            "The encoder saw {} um per pixel and was trained at {}.",
            untrained.used, untrained.trained
        ));
    }
    notes.into_iter().map(|text| Note { text }).collect()
}
