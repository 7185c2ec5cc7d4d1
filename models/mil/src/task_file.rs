use flow::{EncoderRef, RegulatoryStatus, Sha256Digest, TaskId, TaskVersion};
use serde::{Deserialize, Serialize};

use crate::{Admission, Conformal, Distribution, HeadConfig, MilError};

/// What `task.json` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskFile {
    pub id: TaskId,
    pub version: TaskVersion,
    /// The encoder whose bags the head reads.
    pub encoder: EncoderRef,
    pub head: HeadConfig,
    pub classes: Classes,
    /// Only of a task that grades.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade_scale: Option<GradeScale>,
    /// The call is positive from this probability on.
    pub threshold: f64,
    /// Detection logits are divided by this (Guo et al. 2017).
    pub temperature: f64,
    /// Without it results have no set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conformal: Option<Conformal>,
    /// Without it tissue of any look is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Distribution>,
    /// Without it slides of any kind are answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission: Option<Admission>,
    pub regulatory_status: RegulatoryStatus,
    pub intended_use: String,
    pub head_sha256: Sha256Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<TrainingSummary>,
}

/// The two answers of the detection in the task's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classes {
    pub negative: String,
    pub positive: String,
}

impl Classes {
    /// In the order of an answer's probabilities.
    pub fn labels(&self) -> [String; 2] {
        [self.negative.clone(), self.positive.clone()]
    }
}

/// Grades from 1 to `highest`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeScale {
    pub name: String,
    pub highest: u8,
}

/// How the head came to be, for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingSummary {
    pub data: String,
    pub n_bags: u32,
    pub n_validation_bags: u32,
    pub epochs: u32,
    pub seed: u64,
    pub validation_auc: f64,
    pub validation_kappa: Option<f64>,
}

impl TaskFile {
    /// Reads and checks a `task.json`.
    pub fn parse(json: &[u8]) -> Result<Self, MilError> {
        let file: Self = serde_json::from_slice(json)?;
        file.check()?;
        Ok(file)
    }

    /// The digest of the whole file, and through `head_sha256` of the head's weights.
    pub fn hash(&self) -> Result<Sha256Digest, MilError> {
        Ok(Sha256Digest::of(&serde_json::to_vec(self)?))
    }

    fn check(&self) -> Result<(), MilError> {
        let wrong = |text: String| Err(MilError::Config(text));
        if !(self.threshold > 0.0 && self.threshold < 1.0) {
            return wrong(format!(
                "threshold {} is not between 0 and 1",
                self.threshold
            ));
        }
        if !(self.temperature > 0.0 && self.temperature.is_finite()) {
            return wrong(format!("temperature {} is not above 0", self.temperature));
        }
        let highest = self.grade_scale.as_ref().map(|scale| scale.highest);
        if highest != self.head.highest_grade() {
            return wrong(format!(
                "grade_scale ends at {highest:?}, the head grades to {:?}",
                self.head.highest_grade()
            ));
        }
        self.head.check()?;
        self.head.check_answers()?;
        self.check_abstaining()
    }

    fn check_abstaining(&self) -> Result<(), MilError> {
        if let Some(conformal) = &self.conformal {
            conformal.check(&self.classes.labels())?;
        }
        if let Some(distribution) = &self.distribution {
            distribution.check(self.head.dimension())?;
        }
        self.admission.as_ref().map_or(Ok(()), Admission::check)
    }
}
