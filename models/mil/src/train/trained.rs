use flow::{EncoderRef, RegulatoryStatus, Sha256Digest, TaskId, TaskVersion};
use parameters::{StoredAs, Variables};
use serde::{Deserialize, Serialize};

use super::{TrainConfig, TrainingBag};
use crate::calibration::{sigmoid, temperature};
use crate::threshold::threshold;
use crate::{
    Classes, Evaluation, GradeScale, HeadConfig, MilError, Outcome, Task, TaskFile, TrainingSummary,
};

/// What a task is before it is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskDraft {
    pub id: TaskId,
    pub version: TaskVersion,
    pub encoder: EncoderRef,
    pub head: HeadConfig,
    pub classes: Classes,
    #[serde(default)]
    pub grade_scale: Option<GradeScale>,
    pub intended_use: String,
    /// What the bags are, for the task file.
    pub data: String,
}

/// A finished task: the two files of its folder, and how it did on the validation bags.
#[derive(Clone, Debug)]
pub struct TrainedTask {
    pub file: TaskFile,
    /// Contents of `head.safetensors`.
    pub head: Vec<u8>,
    pub validation: Evaluation,
}

impl TrainedTask {
    /// Calibrates trained variables on the validation bags.
    pub(super) fn new(
        draft: &TaskDraft,
        config: &TrainConfig,
        variables: &Variables,
        validation: &[&TrainingBag],
        (n_bags, n_epochs): (usize, u32),
    ) -> Result<Self, MilError> {
        let head = variables.to_safetensors(StoredAs::F32)?;
        let mut file = uncalibrated(draft, &head);
        calibrate(&mut file, &head, validation)?;
        let validated = Evaluation::of(&outcomes(&load(&file, &head)?, validation)?);
        file.training = Some(TrainingSummary {
            data: draft.data.clone(),
            n_bags: n_bags as u32,
            n_validation_bags: validation.len() as u32,
            epochs: n_epochs,
            seed: config.seed.0,
            validation_auc: validated.auc.unwrap_or(f64::NAN),
            validation_kappa: validated.grade_kappa,
        });
        Ok(Self {
            file,
            head,
            validation: validated,
        })
    }

    /// Contents of `task.json`.
    pub fn task_json(&self) -> Result<Vec<u8>, MilError> {
        let mut json = serde_json::to_vec_pretty(&self.file)?;
        json.push(b'\n');
        Ok(json)
    }

    pub fn task(&self) -> Result<Task, MilError> {
        load(&self.file, &self.head)
    }
}

fn uncalibrated(draft: &TaskDraft, head: &[u8]) -> TaskFile {
    TaskFile {
        id: draft.id.clone(),
        version: draft.version.clone(),
        encoder: draft.encoder.clone(),
        head: draft.head,
        classes: draft.classes.clone(),
        grade_scale: draft.grade_scale.clone(),
        threshold: 0.5,
        temperature: 1.0,
        conformal: None,
        distribution: None,
        admission: None,
        regulatory_status: RegulatoryStatus::ResearchUseOnly,
        intended_use: draft.intended_use.clone(),
        head_sha256: Sha256Digest::of(head),
        training: None,
    }
}

fn calibrate(
    file: &mut TaskFile,
    head: &[u8],
    validation: &[&TrainingBag],
) -> Result<(), MilError> {
    let outcomes = outcomes(&load(file, head)?, validation)?;
    let logits: Vec<f64> = outcomes
        .iter()
        .map(|o| logit(o.scores.probability))
        .collect();
    let labels: Vec<bool> = outcomes.iter().map(|o| o.truth.is_positive()).collect();
    file.temperature = temperature(&logits, &labels);
    let calibrated: Vec<f64> = logits
        .iter()
        .map(|logit| sigmoid(logit / file.temperature))
        .collect();
    file.threshold = threshold(&calibrated, &labels);
    Ok(())
}

fn load(file: &TaskFile, head: &[u8]) -> Result<Task, MilError> {
    Task::load(&serde_json::to_vec(file)?, head)
}

fn outcomes(task: &Task, bags: &[&TrainingBag]) -> Result<Vec<Outcome>, MilError> {
    bags.iter().map(|bag| Outcome::of(task, bag)).collect()
}

/// The inverse of the sigmoid, finite at both ends.
fn logit(probability: f64) -> f64 {
    let inside = probability.clamp(1e-12, 1.0 - 1e-12);
    (inside / (1.0 - inside)).ln()
}
