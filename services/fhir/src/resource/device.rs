use catalog::RecordedPrediction;
use flow::{Prediction, Sha256Digest};
use serde::Serialize;

use crate::code::{DeviceNameType, DeviceStatus};
use crate::element::{CodeableConcept, Identifier, Meta};
use crate::systems;

/// One version of a task with the encoder that it reads: what made a result.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "resourceType", rename_all = "camelCase")]
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) meta: Meta,
    pub(crate) identifier: Vec<Identifier>,
    status: DeviceStatus,
    manufacturer: String,
    device_name: Vec<DeviceName>,
    #[serde(rename = "type")]
    kind: CodeableConcept,
    version: Vec<DeviceVersion>,
    note: Vec<DeviceNote>,
}

#[derive(Clone, Debug, Serialize)]
struct DeviceName {
    name: String,
    #[serde(rename = "type")]
    kind: DeviceNameType,
}

#[derive(Clone, Debug, Serialize)]
struct DeviceVersion {
    #[serde(rename = "type")]
    kind: CodeableConcept,
    value: String,
}

#[derive(Clone, Debug, Serialize)]
struct DeviceNote {
    text: String,
}

impl Device {
    /// By the first result that it gave.
    pub(crate) fn of(first: &RecordedPrediction) -> Self {
        let RecordedPrediction {
            prediction,
            recorded_at,
        } = first;
        let (task, encoder) = (&prediction.task, &prediction.encoder);
        let version = |kind: &str, value: String| DeviceVersion {
            kind: CodeableConcept::text(kind),
            value,
        };
        let terms = prediction.encoder_terms.iter();
        let terms = terms.map(|terms| DeviceNote {
            text: format!(
                "Encoder under {}; intended use: {}",
                terms.licence, terms.intended_use
            ),
        });
        Self {
            id: device_id(prediction),
            meta: Meta::updated(*recorded_at).marked(prediction.regulatory_status),
            identifier: vec![Identifier::new(systems::TASK_HASH, task.hash.to_string())],
            status: DeviceStatus::Active,
            manufacturer: "Coverslip".to_owned(),
            device_name: vec![DeviceName {
                name: task.id.to_string(),
                kind: DeviceNameType::ModelName,
            }],
            kind: CodeableConcept::text("software that answers a task on whole-slide images"),
            version: vec![
                version("task", task.version.to_string()),
                version("encoder", format!("{} {}", encoder.name, encoder.hash)),
            ],
            note: terms.collect(),
        }
    }
}

/// The same for all results of one version of a task with one encoder.
pub(super) fn device_id(prediction: &Prediction) -> String {
    let task = &prediction.task;
    let parts = [
        task.id.to_string(),
        task.version.to_string(),
        task.hash.to_string(),
        prediction.encoder.hash.to_string(),
    ];
    let mut id = Sha256Digest::of(parts.join(" ").as_bytes()).to_string();
    id.truncate(32);
    id
}
