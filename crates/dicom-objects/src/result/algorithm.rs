use dicom_core::VR;
use dicom_dictionary_std::tags;

use super::Told;
use crate::DataSet;

const ARTIFICIAL_INTELLIGENCE: [&str; 3] = ["123110", "DCM", "Artificial Intelligence"];

/// Which model it was (algorithm identification macro, PS3.3 section 10.16).
pub(super) fn algorithm(told: &Told<'_>) -> DataSet {
    let task = &told.prediction.task;
    DataSet::new()
        .code(
            tags::ALGORITHM_FAMILY_CODE_SEQUENCE,
            ARTIFICIAL_INTELLIGENCE,
        )
        .words(tags::ALGORITHM_NAME, task.id.as_str())
        .words(tags::ALGORITHM_VERSION, task.version.as_str())
        .text(
            tags::ALGORITHM_PARAMETERS,
            VR::LT,
            &parameters(told).join("; "),
        )
}

/// What tells the model from every other: the digests of task and encoder, and how the encoder ran.
pub(super) fn parameters(told: &Told<'_>) -> Vec<String> {
    let prediction = told.prediction;
    let mut parameters = vec![
        format!("task sha256 {}", prediction.task.hash),
        format!(
            "encoder {} sha256 {}",
            prediction.encoder.name.replace('\\', "/"),
            prediction.encoder.hash
        ),
    ];
    if let Some(revision) = prediction.covariates {
        parameters.push(format!("covariates as of revision {revision}"));
    }
    if let Some(untrained) = &prediction.untrained_mpp {
        let (used, trained) = (untrained.used, &untrained.trained);
        parameters.push(format!("seen at {used} um per pixel, trained at {trained}"));
    }
    parameters
}
