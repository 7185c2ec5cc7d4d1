use encoder::train::{EncoderDraft, LabelledTile, StepReport, TrainConfig, TrainedEncoder, fit};
use serde::{Deserialize, Serialize};

use super::Cohort;
use super::tiles::labelled_tiles;
use crate::ShippedError;

/// What `encoder/recipe.toml` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderRecipe {
    pub encoder: EncoderDraft,
    pub training: TrainConfig,
    pub tiles: TileSampling,
}

/// Which tiles are painted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TileSampling {
    pub tiles_per_slide: usize,
    pub training: Cohort,
    pub validation: Cohort,
}

impl EncoderRecipe {
    pub fn parse(toml: &str) -> Result<Self, ShippedError> {
        Ok(toml::from_str(toml)?)
    }
}

/// Paints the recipe's tiles, then trains its encoder on them.
pub fn train_encoder(
    recipe: &EncoderRecipe,
    progress: impl FnMut(StepReport),
) -> Result<TrainedEncoder, ShippedError> {
    Ok(fit(
        &painted(recipe, &recipe.tiles.training)?,
        &painted(recipe, &recipe.tiles.validation)?,
        &recipe.encoder,
        &recipe.training,
        progress,
    )?)
}

/// The recipe's tiles of one of its cohorts.
pub(super) fn painted(
    recipe: &EncoderRecipe,
    cohort: &Cohort,
) -> Result<Vec<LabelledTile>, ShippedError> {
    let EncoderDraft {
        input,
        architecture,
        ..
    } = &recipe.encoder;
    labelled_tiles(&cohort.slides()?, &recipe.tiles, *input, architecture)
}
