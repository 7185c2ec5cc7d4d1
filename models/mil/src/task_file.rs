use flow::{EncoderRef, RegulatoryStatus, Sha256Digest, TaskId, TaskVersion};
use serde::{Deserialize, Serialize};

use crate::answers::Answers;
use crate::covariates::CovariatePlan;
use crate::model::ModelShape;
use crate::task_json::TaskJson;
use crate::{Admission, Conformal, Distribution, HeadConfig, MilError};

/// What `task.json` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "TaskJson", into = "TaskJson")]
pub struct TaskFile {
    pub id: TaskId,
    pub version: TaskVersion,
    /// The encoder whose bags the head reads.
    pub encoder: EncoderRef,
    pub head: HeadConfig,
    pub answers: Answers,
    pub covariates: Option<CovariatePlan>,
    /// The call of a detection is positive from this probability on; other answers have none.
    pub threshold: Option<f64>,
    /// Logits are divided by this (Guo et al. 2017).
    pub temperature: f64,
    /// Without it results have no set.
    pub conformal: Option<Conformal>,
    /// Without it tissue of any look is answered.
    pub distribution: Option<Distribution>,
    /// Without it slides of any kind are answered.
    pub admission: Option<Admission>,
    pub regulatory_status: RegulatoryStatus,
    pub intended_use: String,
    /// Of each head's weights; the probabilities of several heads are averaged.
    pub heads: Vec<Sha256Digest>,
    pub training: Option<TrainingSummary>,
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
    /// Bags that some head had not learned from; the figures below are theirs.
    pub n_validation_bags: u32,
    /// Passes over the bags, of the head that took most.
    pub epochs: u32,
    pub seed: u64,
    /// Of a detection.
    pub validation_auc: Option<f64>,
    /// Of a grade.
    pub validation_kappa: Option<f64>,
    /// Of classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_balanced_accuracy: Option<f64>,
}

impl TaskFile {
    /// Reads and checks a `task.json`.
    pub fn parse(json: &[u8]) -> Result<Self, MilError> {
        let file: Self = serde_json::from_slice(json)?;
        file.check()?;
        Ok(file)
    }

    /// The digest of the whole file, and through the heads' digests of their weights.
    pub fn hash(&self) -> Result<Sha256Digest, MilError> {
        Ok(Sha256Digest::of(&serde_json::to_vec(self)?))
    }

    /// Contents of `task.json`.
    pub fn to_json(&self) -> Result<Vec<u8>, MilError> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        Ok(json)
    }

    /// Names of the weights beside `task.json`, in the order of `heads`.
    pub fn head_names(&self) -> Vec<String> {
        match self.heads.len() {
            1 => vec!["head.safetensors".to_owned()],
            n => (1..=n).map(|at| format!("head-{at}.safetensors")).collect(),
        }
    }

    pub(crate) fn shape(&self) -> ModelShape<'_> {
        ModelShape {
            head: &self.head,
            answers: &self.answers,
            covariates: self.covariates.as_ref(),
        }
    }

    fn check(&self) -> Result<(), MilError> {
        check_threshold(&self.answers, self.threshold)?;
        check_temperature(self.temperature)?;
        if self.heads.is_empty() {
            return Err(MilError::Config("it names no head".to_owned()));
        }
        self.shape().check()?;
        self.check_abstaining()
    }

    fn check_abstaining(&self) -> Result<(), MilError> {
        if let Some(conformal) = &self.conformal {
            conformal.check(&self.answers.names())?;
        }
        if let Some(distribution) = &self.distribution {
            distribution.check(self.head.dimension())?;
        }
        self.admission.as_ref().map_or(Ok(()), Admission::check)
    }
}

/// A detection has a threshold, and nothing else has one.
pub(crate) fn check_threshold(answers: &Answers, threshold: Option<f64>) -> Result<(), MilError> {
    let wrong = |text: String| Err(MilError::Config(text));
    match (answers, threshold) {
        (Answers::Detection { .. }, Some(threshold)) if threshold > 0.0 && threshold < 1.0 => {
            Ok(())
        }
        (Answers::Detection { .. }, Some(threshold)) => {
            wrong(format!("threshold {threshold} is not between 0 and 1"))
        }
        (Answers::Detection { .. }, None) => wrong("threshold is missing".to_owned()),
        (_, Some(_)) => wrong("only a detection has a threshold".to_owned()),
        (_, None) => Ok(()),
    }
}

pub(crate) fn check_temperature(temperature: f64) -> Result<(), MilError> {
    match temperature > 0.0 && temperature.is_finite() {
        true => Ok(()),
        false => Err(MilError::Config(format!(
            "temperature {temperature} is not above 0"
        ))),
    }
}
