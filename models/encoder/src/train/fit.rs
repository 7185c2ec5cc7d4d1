use candle_core::D;
use parameters::{AdamW, Gradients, Variables, seeded};
use rand::Rng;
use rand::seq::SliceRandom;

use super::augment::augmented;
use super::heads::{Heads, trained_declarations};
use super::losses::{patch_loss, tile_loss};
use super::tile::check;
use super::trained::{Learned, TrainedEncoder};
use super::{EncoderDraft, LabelledTile, TrainConfig};
use crate::EncoderError;
use crate::lanes::Lanes;
use crate::preprocess::Preprocessor;
use crate::vit::VisionTransformer;

/// How training stands after a step.
#[derive(Clone, Copy, Debug)]
pub struct StepReport {
    /// From 1.
    pub step: usize,
    pub n_steps: usize,
    pub loss: f64,
    /// After the last step of an epoch: share of validation tiles whose majority class is found.
    pub validation_accuracy: Option<f64>,
}

/// Streams of the one seed.
const INITIAL_VALUES: u64 = 0;
const ORDER: u64 = 1;
/// Step n augments with stream `AUGMENTATION + n`.
const AUGMENTATION: u64 = 2;
/// Tiles whose gradient is taken at once: their activations must be kept.
const TILES_PER_PASS: usize = 8;

/// Trains an encoder from nothing. Equal tiles and seeds give equal encoders on one machine.
///
/// # Errors
/// If the tiles do not fit the draft, or if training diverges.
pub fn fit(
    tiles: &[LabelledTile],
    validation: &[LabelledTile],
    draft: &EncoderDraft,
    config: &TrainConfig,
    mut progress: impl FnMut(StepReport),
) -> Result<TrainedEncoder, EncoderError> {
    draft.architecture.check()?;
    let n_classes = check(tiles, &draft.input, &draft.architecture)?;
    let mut trainer = Trainer::new(draft, config, n_classes)?;
    let n_steps = config.epochs as usize * tiles.len().div_ceil(config.tiles_per_step);
    let mut random = seeded(config.seed, ORDER);
    let mut step = 0;
    let mut accuracy = 0.0;
    for _ in 0..config.epochs {
        let mut order: Vec<&LabelledTile> = tiles.iter().collect();
        order.shuffle(&mut random);
        let mut batches = order.chunks(config.tiles_per_step).peekable();
        while let Some(batch) = batches.next() {
            let rate = config.learning_rate.rate(step, n_steps);
            let loss = trainer.step(batch, step as u64, rate)?;
            step += 1;
            let is_last = batches.peek().is_none();
            if is_last {
                accuracy = trainer.accuracy(validation)?;
            }
            progress(StepReport {
                step,
                n_steps,
                loss,
                validation_accuracy: is_last.then_some(accuracy),
            });
        }
    }
    TrainedEncoder::new(
        draft,
        config,
        &trainer.variables,
        Learned {
            n_tiles: tiles.len(),
            validation_accuracy: accuracy,
        },
    )
}

struct Trainer<'a> {
    config: &'a TrainConfig,
    side: usize,
    preprocessor: Preprocessor,
    variables: Variables,
    transformer: VisionTransformer,
    heads: Heads,
    optimiser: AdamW,
    lanes: Lanes,
}

impl<'a> Trainer<'a> {
    fn new(
        draft: &EncoderDraft,
        config: &'a TrainConfig,
        n_classes: usize,
    ) -> Result<Self, EncoderError> {
        let architecture = &draft.architecture;
        let declared = trained_declarations(architecture, n_classes);
        let variables = Variables::draw(&declared, &mut seeded(config.seed, INITIAL_VALUES))?;
        let parameters = variables.parameters();
        Ok(Self {
            config,
            side: architecture.image_px as usize,
            preprocessor: Preprocessor::new(draft.input, architecture),
            transformer: VisionTransformer::new(architecture, &parameters)?,
            heads: Heads::new(&parameters)?,
            optimiser: AdamW::new(&variables, config.optimiser)?,
            variables,
            lanes: Lanes::one_per_core()?,
        })
    }

    /// One step against the mean gradient of `batch`; returns its mean loss.
    fn step(
        &mut self,
        batch: &[&LabelledTile],
        number: u64,
        rate: f64,
    ) -> Result<f64, EncoderError> {
        let mut random = seeded(self.config.seed, AUGMENTATION + number);
        let varied: Vec<LabelledTile> = batch
            .iter()
            .map(|tile| self.augmented(tile, &mut random))
            .collect();
        let passes: Vec<&[LabelledTile]> = varied.chunks(TILES_PER_PASS).collect();
        let parts = self
            .lanes
            .map(&passes, |tiles| self.pass(tiles, batch.len()))?;

        let mut loss = 0.0;
        let mut sum: Option<Gradients> = None;
        for (part_loss, gradients) in parts {
            loss += part_loss;
            sum = Some(match sum {
                Some(sum) => sum.joined(&gradients)?,
                None => gradients,
            });
        }
        if let Some(gradients) = sum {
            let clipped = gradients.clipped(self.config.clip_norm)?;
            self.optimiser.step(&self.variables, &clipped, rate)?;
        }
        Ok(loss)
    }

    fn augmented(&self, tile: &LabelledTile, random: &mut impl Rng) -> LabelledTile {
        augmented(tile, self.side, &self.config.augmentation, random)
    }

    /// Loss and gradient of some tiles as their share of a batch of `n_batch`.
    fn pass(
        &self,
        tiles: &[LabelledTile],
        n_batch: usize,
    ) -> Result<(f64, Gradients), EncoderError> {
        let tokens = self.transformer.tokens(&self.patches(tiles)?)?;
        let by_tile = self.heads.tile(&self.transformer.pool(&tokens)?)?;
        let by_patch = self
            .heads
            .patches(&self.transformer.patch_tokens(&tokens)?)?;
        let by_patch = patch_loss(&by_patch, tiles)?;
        let loss = (tile_loss(&by_tile, tiles)? + (by_patch * self.config.patch_weight)?)?;
        let loss = (loss * (tiles.len() as f64 / n_batch as f64))?;
        let gradients = Gradients::of(&self.variables, &loss.backward()?)?;
        Ok((f64::from(loss.to_scalar::<f32>()?), gradients))
    }

    /// Share of tiles whose majority class is found.
    fn accuracy(&self, tiles: &[LabelledTile]) -> Result<f64, EncoderError> {
        let passes: Vec<&[LabelledTile]> = tiles.chunks(TILES_PER_PASS).collect();
        let found = self.lanes.map(&passes, |tiles| self.n_found(tiles))?;
        Ok(found.into_iter().sum::<usize>() as f64 / tiles.len().max(1) as f64)
    }

    fn n_found(&self, tiles: &[LabelledTile]) -> Result<usize, EncoderError> {
        let tokens = self.transformer.tokens(&self.patches(tiles)?)?;
        let logits = self.heads.tile(&self.transformer.pool(&tokens)?)?;
        let likely = logits.argmax(D::Minus1)?.to_vec1::<u32>()?;
        let pairs = tiles.iter().zip(likely);
        Ok(pairs
            .filter(|(tile, class)| tile.majority() == *class as usize)
            .count())
    }

    fn patches(&self, tiles: &[LabelledTile]) -> Result<candle_core::Tensor, EncoderError> {
        let tiles: Vec<_> = tiles
            .iter()
            .map(|tile| tile.rgb(self.side as u32))
            .collect();
        self.preprocessor.patches(&tiles)
    }
}
