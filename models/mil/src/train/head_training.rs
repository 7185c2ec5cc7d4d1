use parameters::{AdamW, Gradients, Random, StoredAs, Variables, seeded};
use rand::seq::SliceRandom;

use super::best::Best;
use super::objective::Objective;
use super::plan::Split;
use super::progress::{EpochReport, Progress};
use super::sampling::sample;
use super::validate::validate;
use super::{TaskDraft, TrainConfig, TrainingBag};
use crate::MilError;
use crate::covariates::Standardisation;
use crate::model::standardise_by;

/// Streams of the one seed.
const INITIAL_VALUES: u64 = 0;
const ORDER: u64 = 2;

/// One head in training, an epoch at a time; what [`HeadTraining::state`] gives goes on to the same
/// bits in another process.
///
/// Early stopping keeps the epoch with the lowest validation loss.
pub struct HeadTraining<'a> {
    bags: &'a [TrainingBag],
    draft: &'a TaskDraft,
    config: &'a TrainConfig,
    parts: Split,
    pub(super) variables: Variables,
    objective: Objective<'a>,
    pub(super) optimiser: AdamW,
    pub(super) order: Random,
    pub(super) best: Best,
    pub(super) progress: Progress,
}

impl<'a> HeadTraining<'a> {
    /// Draws the head's first values; `parts` index into `bags`, which [`check`] must hold of.
    ///
    /// [`check`]: TaskDraft::check
    pub(super) fn new(
        bags: &'a [TrainingBag],
        draft: &'a TaskDraft,
        config: &'a TrainConfig,
        parts: Split,
    ) -> Result<Self, MilError> {
        let shape = draft.shape();
        let declared = Objective::declarations(shape);
        let variables = Variables::draw(&declared, &mut seeded(config.seed, INITIAL_VALUES))?;
        if let Some(plan) = &draft.covariates {
            let learned_from = parts.training.iter().map(|&at| &bags[at].covariates);
            standardise_by(
                &variables,
                &Standardisation::of(plan.numeric.len(), learned_from),
            )?;
        }
        let answers = parts.training.iter();
        let answers = answers.filter_map(|&at| bags[at].label.answer(&draft.answers));
        let answers: Vec<usize> = answers.collect();
        let weights = config.class_weights.of(&answers, draft.answers.n_answers());
        Ok(Self {
            objective: Objective::new(shape, config, &variables.parameters(), weights)?,
            optimiser: AdamW::new(&variables, config.optimiser)?,
            order: seeded(config.seed, ORDER),
            best: Best::new(&variables)?,
            progress: Progress::default(),
            variables,
            bags,
            draft,
            config,
            parts,
        })
    }

    /// Whether there is nothing left to gain, or no epoch left.
    pub fn is_finished(&self) -> bool {
        let done = self.progress.epoch();
        done >= self.config.epochs || done - self.best.epoch >= self.config.patience.max(1)
    }

    /// How every epoch so far ended.
    pub fn reports(&self) -> &[EpochReport] {
        &self.progress.reports
    }

    /// One pass over the training bags, then a look at the validation bags.
    pub fn epoch(&mut self) -> Result<EpochReport, MilError> {
        let training_loss = self.pass()?;
        let validation = self.parts.validation.iter().map(|&at| &self.bags[at]);
        let validation: Vec<&TrainingBag> = validation.collect();
        let seen = validate(&self.objective, &self.draft.answers, &validation)?;
        let report = EpochReport {
            epoch: self.progress.epoch() + 1,
            n_epochs: self.config.epochs,
            training_loss,
            validation_loss: seen.loss,
            validation_metric: seen.metric,
        };
        self.progress.reports.push(report);
        self.best
            .note(report.epoch, report.validation_loss, &self.variables)?;
        Ok(report)
    }

    /// The head of the best epoch as a weights file.
    pub fn head(&self) -> Result<Vec<u8>, MilError> {
        self.variables.restore(&self.best.snapshot)?;
        let kept = self.variables.only(&self.draft.shape().declarations());
        Ok(kept.to_safetensors(StoredAs::F32)?)
    }

    /// Returns the mean loss of the training bags.
    fn pass(&mut self) -> Result<f64, MilError> {
        let mut order = self.parts.training.clone();
        order.shuffle(&mut self.order);
        let mut total = 0.0;
        for batch in order.chunks(self.config.bags_per_step.max(1)) {
            let batch: Vec<&TrainingBag> = batch.iter().map(|&index| &self.bags[index]).collect();
            total += self.step(&batch)?;
        }
        Ok(total / order.len() as f64)
    }

    /// One step against the mean gradient of `batch`; returns the sum of its losses.
    fn step(&mut self, batch: &[&TrainingBag]) -> Result<f64, MilError> {
        let mut total = 0.0;
        let mut sum: Option<Gradients> = None;
        for bag in batch {
            let sample = sample(bag, self.config, &mut self.order)?;
            let (loss, _) = self.objective.loss(&sample, bag)?;
            total += f64::from(loss.to_scalar::<f32>()?);
            let loss = (loss / batch.len() as f64)?;
            let gradients = Gradients::of(&self.variables, &loss.backward()?)?;
            sum = Some(match sum {
                Some(sum) => sum.joined(&gradients)?,
                None => gradients,
            });
        }
        if let Some(gradients) = sum {
            let step = self.progress.n_steps;
            let rate = self.config.learning_rate.rate(step, self.n_steps());
            let clipped = gradients.clipped(self.config.clip_norm)?;
            self.optimiser.step(&self.variables, &clipped, rate)?;
        }
        self.progress.n_steps += 1;
        Ok(total)
    }

    /// In all epochs.
    fn n_steps(&self) -> usize {
        let of_epoch = self
            .parts
            .training
            .len()
            .div_ceil(self.config.bags_per_step.max(1));
        of_epoch * self.config.epochs as usize
    }
}
