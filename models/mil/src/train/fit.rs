use parameters::{AdamW, Gradients, Snapshot, Variables, seeded};
use rand::Rng;
use rand::seq::SliceRandom;

use super::head_loss::head_loss;
use super::sampling::sample;
use super::split::{Split, split};
use super::trained::{TaskDraft, TrainedTask};
use super::validate::mean_loss;
use super::{TrainConfig, TrainingBag};
use crate::MilError;
use crate::head::Head;

/// How training stands after an epoch.
#[derive(Clone, Copy, Debug)]
pub struct EpochReport {
    /// From 1.
    pub epoch: u32,
    pub n_epochs: u32,
    pub training_loss: f64,
    pub validation_loss: f64,
}

/// Streams of the one seed.
const INITIAL_VALUES: u64 = 0;
const SPLIT: u64 = 1;
const ORDER: u64 = 2;

/// Trains a head for `draft`, keeps the epoch with the lowest validation loss, and calibrates it on
/// the validation bags. Equal bags and seeds give equal tasks on one machine.
///
/// # Errors
/// If the bags do not fit the head, if there are not two of each answer, or if training diverges.
pub fn fit(
    bags: &[TrainingBag],
    draft: &TaskDraft,
    config: &TrainConfig,
    mut progress: impl FnMut(EpochReport),
) -> Result<TrainedTask, MilError> {
    check(bags, draft)?;
    let parts = split(
        bags,
        config.validation_share,
        &mut seeded(config.seed, SPLIT),
    );
    let validation: Vec<&TrainingBag> = parts.validation.iter().map(|&i| &bags[i]).collect();
    let mut trainer = Trainer::new(draft, config, parts.training.len())?;
    let mut best = Best::new(&trainer.variables)?;
    let mut order = seeded(config.seed, ORDER);
    let mut n_epochs = 0;
    for epoch in 1..=config.epochs {
        let training_loss = trainer.epoch(bags, &parts, &mut order)?;
        let validation_loss = mean_loss(&trainer.head, &validation, config)?;
        n_epochs = epoch;
        progress(EpochReport {
            epoch,
            n_epochs: config.epochs,
            training_loss,
            validation_loss,
        });
        best.note(epoch, validation_loss, &trainer.variables)?;
        if epoch - best.epoch >= config.patience {
            break;
        }
    }
    trainer.variables.restore(&best.snapshot)?;
    TrainedTask::new(
        draft,
        config,
        &trainer.variables,
        &validation,
        (bags.len(), n_epochs),
    )
}

fn check(bags: &[TrainingBag], draft: &TaskDraft) -> Result<(), MilError> {
    draft.head.check()?;
    draft.head.check_answers()?;
    draft.head.check_trains()?;
    for bag in bags {
        bag.check(draft.head.dimension(), draft.head.highest_grade())?;
    }
    let n_positive = bags.iter().filter(|bag| bag.label.is_positive()).count();
    let fewest = n_positive.min(bags.len() - n_positive);
    if fewest < 2 {
        let text = "at least two positive and two negative bags are needed";
        return Err(MilError::Training(text.to_owned()));
    }
    Ok(())
}

struct Trainer<'a> {
    config: &'a TrainConfig,
    variables: Variables,
    head: Head,
    optimiser: AdamW,
    step: usize,
    n_steps: usize,
}

impl<'a> Trainer<'a> {
    fn new(
        draft: &TaskDraft,
        config: &'a TrainConfig,
        n_training: usize,
    ) -> Result<Self, MilError> {
        let declared = draft.head.declarations();
        let variables = Variables::draw(&declared, &mut seeded(config.seed, INITIAL_VALUES))?;
        let steps_per_epoch = n_training.div_ceil(config.bags_per_step.max(1));
        Ok(Self {
            config,
            head: Head::new(&draft.head, &variables.parameters())?,
            optimiser: AdamW::new(&variables, config.optimiser)?,
            variables,
            step: 0,
            n_steps: steps_per_epoch * config.epochs as usize,
        })
    }

    /// One pass over the training bags; returns their mean loss.
    fn epoch(
        &mut self,
        bags: &[TrainingBag],
        parts: &Split,
        random: &mut impl Rng,
    ) -> Result<f64, MilError> {
        let mut order = parts.training.clone();
        order.shuffle(random);
        let mut total = 0.0;
        for batch in order.chunks(self.config.bags_per_step.max(1)) {
            let batch: Vec<&TrainingBag> = batch.iter().map(|&index| &bags[index]).collect();
            total += self.step(&batch, random)?;
        }
        Ok(total / order.len() as f64)
    }

    /// One step against the mean gradient of `batch`; returns the sum of its losses.
    fn step(&mut self, batch: &[&TrainingBag], random: &mut impl Rng) -> Result<f64, MilError> {
        let mut total = 0.0;
        let mut sum: Option<Gradients> = None;
        for bag in batch {
            let sample = sample(bag, self.config.instances_per_bag, random)?;
            let loss = head_loss(&self.head, &sample, bag.label, self.config)?;
            total += f64::from(loss.to_scalar::<f32>()?);
            let loss = (loss / batch.len() as f64)?;
            let gradients = Gradients::of(&self.variables, &loss.backward()?)?;
            sum = Some(match sum {
                Some(sum) => sum.joined(&gradients)?,
                None => gradients,
            });
        }
        if let Some(gradients) = sum {
            let rate = self.config.learning_rate.rate(self.step, self.n_steps);
            let clipped = gradients.clipped(self.config.clip_norm)?;
            self.optimiser.step(&self.variables, &clipped, rate)?;
        }
        self.step += 1;
        Ok(total)
    }
}

/// The best epoch so far.
struct Best {
    epoch: u32,
    loss: f64,
    snapshot: Snapshot,
}

impl Best {
    fn new(variables: &Variables) -> Result<Self, MilError> {
        Ok(Self {
            epoch: 0,
            loss: f64::INFINITY,
            snapshot: variables.snapshot()?,
        })
    }

    fn note(&mut self, epoch: u32, loss: f64, variables: &Variables) -> Result<(), MilError> {
        if loss < self.loss {
            *self = Self {
                epoch,
                loss,
                snapshot: variables.snapshot()?,
            };
        }
        Ok(())
    }
}
