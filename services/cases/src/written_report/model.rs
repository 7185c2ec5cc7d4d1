use flow::{DeviceKind, Prediction, PredictionSet, SetBasis};
use report::Fact;

use super::words::percent;

/// What made a result: enough to make it again, and to tell it from any other.
pub(super) fn facts(prediction: &Prediction) -> Vec<Fact> {
    let Prediction { task, encoder, .. } = prediction;
    let mut facts = vec![
        Fact::new("Task", format!("{} {}", task.id, task.version)),
        Fact::new("Task sha256", task.hash.to_string()),
        Fact::new("Encoder", encoder.name.clone()),
        Fact::new("Encoder sha256", encoder.hash.to_string()),
    ];
    if let Some(terms) = &prediction.encoder_terms {
        facts.push(Fact::new("Encoder's licence", terms.licence.clone()));
        facts.push(Fact::new("Encoder's use", terms.intended_use.clone()));
    }
    facts.push(Fact::new("Threshold", prediction.threshold.to_string()));
    facts.push(Fact::new(
        "Calibration",
        calibration(prediction.set.as_ref()),
    ));
    if let Some(revision) = prediction.covariates {
        facts.push(Fact::new("Covariates", format!("revision {revision}")));
    }
    facts.push(Fact::new("Embedded on", embedded_on(prediction)));
    if let Some(precision) = prediction.head_precision {
        facts.push(Fact::new("Scored in", precision.to_string()));
    }
    facts.push(Fact::new("Tiles read", prediction.n_instances.to_string()));
    facts.push(Fact::new("Pyramid sha256", prediction.pyramid.to_string()));
    facts
}

fn calibration(set: Option<&PredictionSet>) -> String {
    match set {
        None => "none of its answers: which ones can be ruled out is not known".to_owned(),
        Some(PredictionSet { alpha, basis, .. }) => match basis {
            SetBasis::Calibrated => format!(
                "conformal sets that hold the true answer of {} of slides like those of the \
                 calibration",
                percent(1.0 - alpha)
            ),
            SetBasis::TooFewCalibrationSlides {
                label,
                n_slides,
                needed,
            } => format!(
                "too few slides to rule anything out: {n_slides} of \"{label}\", {needed} are needed"
            ),
        },
    }
}

fn embedded_on(prediction: &Prediction) -> String {
    let device = match prediction.device {
        DeviceKind::Cpu => "a processor",
        DeviceKind::Cuda => "a GPU",
    };
    let precision = prediction.precision;
    let precision = precision.map_or_else(String::new, |precision| format!(", in {precision}"));
    let untrained = match &prediction.untrained_mpp {
        Some(untrained) => format!(
            "; at {} um per pixel, at which the encoder was not trained ({})",
            untrained.used, untrained.trained
        ),
        None => String::new(),
    };
    format!("{device}{precision}{untrained}")
}
