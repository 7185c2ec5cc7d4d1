use parameters::seeded;

use super::finish::finish;
use super::head_training::HeadTraining;
use super::plan::{Ensemble, HeadPlan};
use super::split::split;
use super::{EpochReport, TaskDraft, TrainConfig, TrainedTask, TrainingBag};
use crate::MilError;

/// Stream of the one seed.
const SPLIT: u64 = 1;

/// Trains a single head for `draft`, keeps the epoch with the lowest validation loss, and calibrates
/// it on the validation bags. Equal bags and seeds give equal tasks on one machine.
///
/// # Errors
/// If the bags do not fit the head, if there are not two of each answer, or if training diverges.
pub fn fit(
    bags: &[TrainingBag],
    draft: &TaskDraft,
    config: &TrainConfig,
    mut progress: impl FnMut(EpochReport),
) -> Result<TrainedTask, MilError> {
    draft.check(bags, config)?;
    let parts = split(
        bags,
        config.validation_share,
        &mut seeded(config.seed, SPLIT),
    );
    let mut training = HeadTraining::new(bags, draft, config, parts.clone())?;
    while !training.is_finished() {
        progress(training.epoch()?);
    }
    let ensemble = Ensemble {
        heads: vec![HeadPlan {
            fold: 0,
            seed: config.seed,
            held_out: parts.validation.clone(),
            parts,
        }],
    };
    let n_epochs = training.reports().len() as u32;
    finish(bags, draft, &ensemble, vec![training.head()?], n_epochs)
}
