//! `task.json` as it is written. A detection stands there as it did before there were other
//! answers, so that its hash stays the same.

use flow::{EncoderRef, RegulatoryStatus, Sha256Digest, TaskId, TaskVersion};
use serde::{Deserialize, Serialize};

use crate::answers::Answers;
use crate::covariates::CovariatePlan;
use crate::{
    Admission, Conformal, Distribution, GradeScale, HeadConfig, TaskFile, TrainingSummary,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskJson {
    id: TaskId,
    version: TaskVersion,
    encoder: EncoderRef,
    head: HeadConfig,
    /// Of a detection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    classes: Option<DetectionWords>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grade_scale: Option<GradeScale>,
    /// Of any other task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answers: Option<Answers>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    covariates: Option<CovariatePlan>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
    temperature: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conformal: Option<Conformal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    distribution: Option<Distribution>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    admission: Option<Admission>,
    regulatory_status: RegulatoryStatus,
    intended_use: String,
    head_sha256: HeadDigests,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    training: Option<TrainingSummary>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DetectionWords {
    negative: String,
    positive: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum HeadDigests {
    One(Sha256Digest),
    Several(Vec<Sha256Digest>),
}

impl TryFrom<TaskJson> for TaskFile {
    type Error = &'static str;

    fn try_from(json: TaskJson) -> Result<Self, Self::Error> {
        let answers = match (json.classes, json.grade_scale, json.answers) {
            (Some(words), grade_scale, None) => Answers::Detection {
                negative: words.negative,
                positive: words.positive,
                grade_scale,
            },
            (None, None, Some(answers)) => answers,
            _ => {
                return Err(
                    "a task has either `classes`, with or without `grade_scale`, or `answers`",
                );
            }
        };
        Ok(Self {
            id: json.id,
            version: json.version,
            encoder: json.encoder,
            head: json.head,
            answers,
            covariates: json.covariates,
            threshold: json.threshold,
            temperature: json.temperature,
            conformal: json.conformal,
            distribution: json.distribution,
            admission: json.admission,
            regulatory_status: json.regulatory_status,
            intended_use: json.intended_use,
            heads: match json.head_sha256 {
                HeadDigests::One(digest) => vec![digest],
                HeadDigests::Several(digests) => digests,
            },
            training: json.training,
        })
    }
}

impl From<TaskFile> for TaskJson {
    fn from(file: TaskFile) -> Self {
        let (classes, grade_scale, answers) = match file.answers {
            Answers::Detection {
                negative,
                positive,
                grade_scale,
            } => (
                Some(DetectionWords { negative, positive }),
                grade_scale,
                None,
            ),
            other => (None, None, Some(other)),
        };
        Self {
            id: file.id,
            version: file.version,
            encoder: file.encoder,
            head: file.head,
            classes,
            grade_scale,
            answers,
            covariates: file.covariates,
            threshold: file.threshold,
            temperature: file.temperature,
            conformal: file.conformal,
            distribution: file.distribution,
            admission: file.admission,
            regulatory_status: file.regulatory_status,
            intended_use: file.intended_use,
            head_sha256: match file.heads.as_slice() {
                [one] => HeadDigests::One(*one),
                _ => HeadDigests::Several(file.heads),
            },
            training: file.training,
        }
    }
}
