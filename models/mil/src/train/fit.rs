use super::{
    Ensemble, EnsembleConfig, EpochReport, TaskDraft, TrainConfig, TrainedTask, TrainingBag,
};
use crate::MilError;

/// Trains the heads of `draft` one after the other, each up to the epoch with the lowest validation
/// loss, and joins them to one task. Every bag counts as a patient of its own. Equal bags and seeds
/// give equal tasks on one machine.
///
/// `progress` gets the number of the head, from 0, and how its epoch ended.
///
/// # Errors
/// If the bags do not fit the head, if there are too few of an answer, or if training diverges.
pub fn fit(
    bags: &[TrainingBag],
    draft: &TaskDraft,
    config: &TrainConfig,
    ensemble: EnsembleConfig,
    mut progress: impl FnMut(usize, EpochReport),
) -> Result<TrainedTask, MilError> {
    let groups: Vec<usize> = (0..bags.len()).collect();
    let ensemble = Ensemble::plan(bags, &groups, draft, config, ensemble)?;
    let (mut heads, mut n_epochs) = (Vec::new(), 0);
    for (number, plan) in ensemble.heads().iter().enumerate() {
        let config = plan.config(config);
        let mut training = plan.begin(bags, draft, &config)?;
        while !training.is_finished() {
            progress(number, training.epoch()?);
        }
        n_epochs = n_epochs.max(training.reports().len() as u32);
        heads.push(training.head()?);
    }
    TrainedTask::of(bags, draft, &ensemble, heads, n_epochs)
}
