use parameters::TrainingState;
use serde::{Deserialize, Serialize};

use super::HeadTraining;
use crate::MilError;

/// How training stands after an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochReport {
    /// From 1.
    pub epoch: u32,
    pub n_epochs: u32,
    pub training_loss: f64,
    pub validation_loss: f64,
    /// Area under the ROC curve of a detection, balanced accuracy of classes, quadratic weighted
    /// kappa of grades; `None` where the validation bags do not tell.
    pub validation_metric: Option<f64>,
}

/// What an interrupted training goes on from beside its tensors.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    pub(super) reports: Vec<EpochReport>,
    /// Of the optimiser.
    pub(super) n_steps: usize,
}

#[derive(Serialize, Deserialize)]
struct Note {
    progress: Progress,
    /// `None` before an epoch was better than nothing.
    best: Option<(u32, f64)>,
    /// Where the generator of the order stands; a number too large for JSON.
    order: String,
}

impl Progress {
    /// Epochs done.
    pub(super) fn epoch(&self) -> u32 {
        self.reports.last().map_or(0, |report| report.epoch)
    }
}

impl HeadTraining<'_> {
    /// Everything that decides how this training goes on.
    pub fn state(&self) -> Result<Vec<u8>, MilError> {
        let best = (self.best.epoch > 0).then_some((self.best.epoch, self.best.loss));
        let note = serde_json::to_string(&Note {
            progress: Progress {
                reports: self.progress.reports.clone(),
                n_steps: self.progress.n_steps,
            },
            best,
            order: self.order.get_word_pos().to_string(),
        })?;
        let best = &self.best.snapshot;
        Ok(TrainingState::write(
            &self.variables,
            &self.optimiser,
            best,
            &note,
        )?)
    }

    /// Goes on from what [`HeadTraining::state`] gave of the same training.
    ///
    /// # Errors
    /// If the bytes are none of it.
    pub fn resume(&mut self, state: &[u8]) -> Result<(), MilError> {
        let note: Note = serde_json::from_str(&TrainingState::note(state)?)?;
        let damaged = || MilError::Training("the state to go on from is damaged".to_owned());
        let n_steps = i32::try_from(note.progress.n_steps)
            .ok()
            .ok_or_else(damaged)?;
        let at = note.order.parse().ok().ok_or_else(damaged)?;
        self.best.snapshot =
            TrainingState::read(state, &self.variables, &mut self.optimiser, n_steps)?;
        (self.best.epoch, self.best.loss) = note.best.unwrap_or((0, f64::INFINITY));
        self.order.set_word_pos(at);
        self.progress = note.progress;
        Ok(())
    }
}
