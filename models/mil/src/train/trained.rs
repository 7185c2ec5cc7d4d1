use flow::{EncoderRef, TaskId, TaskVersion};

use super::finish::{finish, loaded};
use super::{Ensemble, TrainConfig, TrainingBag};
use crate::model::ModelShape;
use crate::{Answers, CovariatePlan, HeadConfig, MilError, Task, TaskFile};

/// What a task is before it is trained.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskDraft {
    pub id: TaskId,
    pub version: TaskVersion,
    pub encoder: EncoderRef,
    pub head: HeadConfig,
    pub answers: Answers,
    pub covariates: Option<CovariatePlan>,
    pub intended_use: String,
    /// What the bags are, for the task file.
    pub data: String,
}

/// A finished task: the files of its folder, and what it said of the bags held out from it.
#[derive(Clone, Debug)]
pub struct TrainedTask {
    pub file: TaskFile,
    /// Contents of the files [`TaskFile::head_names`] names.
    pub heads: Vec<Vec<u8>>,
    /// In the order of the bags.
    pub held_out: Vec<HeldOut>,
}

/// What heads that had not learned from a bag say of it.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldOut {
    /// Index of the bag.
    pub bag: usize,
    /// From 0.
    pub fold: usize,
    /// Calibrated, one for each of [`Answers::names`]; they sum to 1.
    pub probabilities: Vec<f64>,
    /// One of [`Answers::names`].
    pub called: String,
}

impl TaskDraft {
    pub(crate) fn shape(&self) -> ModelShape<'_> {
        ModelShape {
            head: &self.head,
            answers: &self.answers,
            covariates: self.covariates.as_ref(),
        }
    }

    /// Whether a head can learn the task's answers from these bags.
    pub(super) fn check(&self, bags: &[TrainingBag], config: &TrainConfig) -> Result<(), MilError> {
        let shape = self.shape();
        shape.check()?;
        self.head.check_trains()?;
        config.check(self.answers.n_answers())?;
        for bag in bags {
            bag.check(shape)?;
        }
        for (answer, name) in self.answers.names().iter().enumerate() {
            let has = |bag: &&TrainingBag| bag.label.answer(&self.answers) == Some(answer);
            if bags.iter().filter(has).count() < 2 {
                let text = format!("at least two bags of each answer are needed, also of `{name}`");
                return Err(MilError::Training(text));
            }
        }
        Ok(())
    }
}

impl TrainedTask {
    /// Makes one task of the trained heads of an ensemble, in its order, calibrated on what each
    /// says of the bags held out from it. `n_epochs` are those of the head that took most.
    pub fn of(
        bags: &[TrainingBag],
        draft: &TaskDraft,
        ensemble: &Ensemble,
        heads: Vec<Vec<u8>>,
        n_epochs: u32,
    ) -> Result<Self, MilError> {
        finish(bags, draft, ensemble, heads, n_epochs)
    }

    /// Contents of `task.json`.
    pub fn task_json(&self) -> Result<Vec<u8>, MilError> {
        self.file.to_json()
    }

    pub fn task(&self) -> Result<Task, MilError> {
        loaded(self)
    }
}
