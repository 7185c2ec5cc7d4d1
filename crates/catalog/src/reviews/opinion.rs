use flow::{Call, EncoderRef, Prediction, TaskRef};
use serde::{Deserialize, Serialize};

use crate::PrivateRemark;

/// What a person says of a slide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Opinion {
    /// From the slide alone.
    Impression {
        impression: Impression,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<PrivateRemark>,
        /// Whether the server had shown the reader nothing of the AI until then.
        blind: bool,
    },
    /// The task is right.
    Accept {
        result: SeenResult,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<PrivateRemark>,
    },
    /// The task is wrong, or gave no answer.
    Override {
        result: SeenResult,
        finding: Finding,
        reason: OverrideReason,
        text: PrivateRemark,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Impression {
    Benign,
    Suspicious,
    Malignant,
    Uncertain,
}

/// Why a person does not go with the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverrideReason {
    FalsePositive,
    FalseNegative,
    WrongClass,
    WrongGrade,
    /// Pen, fold, blur or the like misled it.
    Artefact,
    /// The slide is none that the task is for.
    OutOfScope,
    /// The task gave no answer.
    NoAnswer,
    Other,
}

/// The result that the person had before them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeenResult {
    pub task: TaskRef,
    pub encoder: EncoderRef,
    /// Not the task's answer where it abstained.
    pub call: Call,
    pub grade: Option<u8>,
    pub abstained: bool,
}

/// What the person says in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// In the task's own words.
    pub call: Call,
    #[serde(default)]
    pub grade: Option<u8>,
}

impl Opinion {
    /// The name in the `kind` field.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Impression { .. } => "impression",
            Self::Accept { .. } => "accept",
            Self::Override { .. } => "override",
        }
    }

    /// The result it judges; an impression judges none.
    pub const fn result(&self) -> Option<&SeenResult> {
        match self {
            Self::Impression { .. } => None,
            Self::Accept { result, .. } | Self::Override { result, .. } => Some(result),
        }
    }

    /// What holds of the slide by it.
    pub fn finding(&self) -> Option<Finding> {
        match self {
            Self::Impression { .. } => None,
            Self::Accept { result, .. } => Some(Finding {
                call: result.call.clone(),
                grade: result.grade,
            }),
            Self::Override { finding, .. } => Some(finding.clone()),
        }
    }
}

impl SeenResult {
    pub fn of(prediction: &Prediction) -> Self {
        Self {
            task: prediction.task.clone(),
            encoder: prediction.encoder.clone(),
            call: prediction.call.clone(),
            grade: prediction.grade.as_ref().map(|grade| grade.value),
            abstained: prediction.abstention.is_some(),
        }
    }
}
