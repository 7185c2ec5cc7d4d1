use candle_core::{Device, Tensor};
use parameters::{AdamW, AdamWConfig, Gradients, OneCycle, Seed, Snapshot, Variables, seeded};
use rand::Rng;
use rand::seq::{SliceRandom, index};
use serde::{Deserialize, Serialize};

use crate::loss::bag_loss;
use crate::{Head, HeadConfig, LabelledBag, LossWeights, MilError, auc, quadratic_kappa};

/// How a head is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingConfig {
    pub seed: Seed,
    pub epochs: usize,
    /// Bags whose gradients are added before a step.
    pub bags_per_step: usize,
    /// Larger bags are sampled down to this in each epoch, afresh.
    pub max_instances: usize,
    pub schedule: OneCycle,
    #[serde(default)]
    pub optimiser: AdamWConfig,
    pub clip_norm: f64,
    /// Epochs without a better validation before training stops.
    pub patience: usize,
    pub loss: LossWeights,
}

/// What an epoch brought.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EpochReport {
    pub epoch: usize,
    pub n_epochs: usize,
    pub training_loss: f64,
    pub validation_loss: f64,
    pub validation_auc: Option<f64>,
    pub validation_kappa: Option<f64>,
}

/// The best epoch's parameters, and how the validation bags came out.
#[derive(Debug)]
pub struct TrainedHead {
    pub variables: Variables,
    pub best: EpochReport,
    /// Uncalibrated detection logit and truth of each validation bag.
    pub validation_logits: Vec<(f64, bool)>,
}

/// Streams of the seed.
const INITIAL_VALUES: u64 = 0;
const ORDER: u64 = 1;

/// Trains a head; keeps the epoch with the lowest validation loss. `on_epoch` hears of each.
///
/// # Errors
/// Unless there are bags of both classes to train on, or if training diverges.
pub fn train(
    head: HeadConfig,
    training: &[LabelledBag],
    validation: &[LabelledBag],
    config: &TrainingConfig,
    on_epoch: &mut dyn FnMut(&EpochReport),
) -> Result<TrainedHead, MilError> {
    let n_positive = training
        .iter()
        .filter(|bag| bag.label.is_positive())
        .count();
    if n_positive == 0 || n_positive == training.len() {
        return Err(MilError::OneClass {
            n_positive,
            n_bags: training.len(),
        });
    }
    let declared = Head::declarations(&head);
    let variables = Variables::draw(&declared, &mut seeded(config.seed, INITIAL_VALUES))?;
    let mut run = Run::new(head, variables, training.len(), config)?;
    let mut best: Option<(EpochReport, Snapshot)> = None;
    for epoch in 0..config.epochs {
        let training_loss = run.epoch(training)?;
        let report = run.validate(validation, epoch, training_loss)?;
        on_epoch(&report);
        if best
            .as_ref()
            .is_none_or(|(b, _)| report.validation_loss < b.validation_loss)
        {
            best = Some((report, run.variables.snapshot()?));
        } else if best
            .as_ref()
            .is_some_and(|(b, _)| epoch - b.epoch >= config.patience)
        {
            break;
        }
    }
    run.finish(best, validation)
}

/// Training under way.
struct Run<'a, R> {
    config: &'a TrainingConfig,
    head: HeadConfig,
    variables: Variables,
    optimiser: AdamW,
    random: R,
    step: usize,
    n_steps: usize,
}

impl<'a> Run<'a, rand_chacha::ChaCha8Rng> {
    fn new(
        head: HeadConfig,
        variables: Variables,
        n_bags: usize,
        config: &'a TrainingConfig,
    ) -> Result<Self, MilError> {
        Ok(Self {
            config,
            head,
            optimiser: AdamW::new(&variables, config.optimiser)?,
            variables,
            random: seeded(config.seed, ORDER),
            step: 0,
            n_steps: config.epochs * n_bags.div_ceil(config.bags_per_step.max(1)),
        })
    }
}

impl<R: Rng> Run<'_, R> {
    /// Every bag once, in a new order; the mean loss.
    fn epoch(&mut self, training: &[LabelledBag]) -> Result<f64, MilError> {
        let mut order: Vec<&LabelledBag> = training.iter().collect();
        order.shuffle(&mut self.random);
        let mut sum = 0.0;
        for bags in order.chunks(self.config.bags_per_step.max(1)) {
            sum += self.step(bags)?;
        }
        Ok(sum / training.len() as f64)
    }

    fn step(&mut self, bags: &[&LabelledBag]) -> Result<f64, MilError> {
        let head = Head::new(self.head, &self.variables.parameters())?;
        let mut total: Option<Tensor> = None;
        for bag in bags {
            let bag = sampled(bag, self.config.max_instances, &mut self.random)?;
            let loss = bag_loss(&head.forward(&bag.embeddings)?, &bag, &self.config.loss)?;
            total = Some(match total {
                Some(sum) => (sum + loss)?,
                None => loss,
            });
        }
        let Some(total) = total else { return Ok(0.0) };
        let mean = (&total / bags.len() as f64)?;
        let gradients = Gradients::of(&self.variables, &mean.backward()?)?;
        let gradients = gradients.clipped(self.config.clip_norm)?;
        let rate = self.config.schedule.rate(self.step, self.n_steps);
        self.optimiser.step(&self.variables, &gradients, rate)?;
        self.step += 1;
        Ok(f64::from(total.to_scalar::<f32>()?))
    }

    fn validate(
        &self,
        bags: &[LabelledBag],
        epoch: usize,
        training_loss: f64,
    ) -> Result<EpochReport, MilError> {
        let head = Head::new(self.head, &self.variables.parameters())?;
        let (mut sum, mut detections, mut grades) = (0.0, Vec::new(), Vec::new());
        for bag in bags {
            let output = head.forward(&bag.embeddings)?;
            sum += f64::from(bag_loss(&output, bag, &self.config.loss)?.to_scalar::<f32>()?);
            detections.push((logit(&output.logit)?, bag.label.is_positive()));
            if let (Some(logits), Some(grade)) = (&output.grade_logits, bag.label.grade()) {
                let n_above = logits
                    .to_vec1::<f32>()?
                    .iter()
                    .filter(|&&l| l > 0.0)
                    .count();
                grades.push((n_above as u8, grade - 1));
            }
        }
        Ok(EpochReport {
            epoch,
            n_epochs: self.config.epochs,
            training_loss,
            validation_loss: sum / bags.len().max(1) as f64,
            validation_auc: auc(&detections),
            validation_kappa: quadratic_kappa(&grades, self.head.grades.unwrap_or(0) as u8),
        })
    }

    fn finish(
        self,
        best: Option<(EpochReport, Snapshot)>,
        validation: &[LabelledBag],
    ) -> Result<TrainedHead, MilError> {
        let best = match best {
            Some((report, snapshot)) => {
                self.variables.restore(&snapshot)?;
                report
            }
            None => self.validate(validation, 0, f64::NAN)?,
        };
        let head = Head::new(self.head, &self.variables.parameters())?;
        let outcome = |bag: &LabelledBag| {
            Ok((
                logit(&head.forward(&bag.embeddings)?.logit)?,
                bag.label.is_positive(),
            ))
        };
        Ok(TrainedHead {
            validation_logits: validation
                .iter()
                .map(outcome)
                .collect::<Result<_, MilError>>()?,
            variables: self.variables,
            best,
        })
    }
}

fn logit(tensor: &Tensor) -> Result<f64, MilError> {
    Ok(f64::from(tensor.to_vec1::<f32>()?[0]))
}

/// The bag, or that many of its instances drawn without replacement.
fn sampled(
    bag: &LabelledBag,
    max_instances: usize,
    random: &mut impl Rng,
) -> Result<LabelledBag, MilError> {
    let n_instances = bag.n_instances();
    if n_instances <= max_instances {
        return Ok(bag.clone());
    }
    let drawn = index::sample(random, n_instances, max_instances).into_vec();
    let rows: Vec<u32> = drawn.iter().map(|&row| row as u32).collect();
    let rows = Tensor::from_vec(rows, max_instances, &Device::Cpu)?;
    let shares = |all: &Vec<f32>| drawn.iter().map(|&row| all[row]).collect();
    Ok(LabelledBag {
        embeddings: bag.embeddings.index_select(&rows, 0)?,
        label: bag.label,
        tumour_shares: bag.tumour_shares.as_ref().map(shares),
    })
}
