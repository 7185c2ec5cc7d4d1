use std::path::Path;

use encoder::train::LabelledTile;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError};

use super::EncoderRecipe;
use super::classes::N_CLASSES;
use super::encoder::painted;
use crate::ShippedError;

/// Paints a recipe's tiles into a safetensors file, for a trainer outside this crate.
///
/// The file holds, for `training` and for `validation`, `pixels` u8 (tiles, side, side, 3), `shares`
/// f32 (tiles, classes) and `patches` u8 (tiles, patches a side, patches a side): see
/// [`LabelledTile`]. Returns how many tiles there are.
pub fn paint_tiles(recipe: &EncoderRecipe, path: &Path) -> Result<usize, ShippedError> {
    let training = Columns::of(painted(recipe, &recipe.tiles.training)?);
    let validation = Columns::of(painted(recipe, &recipe.tiles.validation)?);
    let architecture = &recipe.encoder.architecture;
    let (side, per_side) = (
        architecture.image_px as usize,
        architecture.patches_per_side(),
    );
    let mut tensors = training.named("training", side, per_side)?;
    tensors.extend(validation.named("validation", side, per_side)?);
    safetensors::serialize_to_file(tensors, None, path)?;
    Ok(training.n_tiles + validation.n_tiles)
}

/// Tiles laid out field by field.
struct Columns {
    n_tiles: usize,
    pixels: Vec<u8>,
    /// Little-endian f32.
    shares: Vec<u8>,
    patches: Vec<u8>,
}

impl Columns {
    fn of(tiles: Vec<LabelledTile>) -> Self {
        let mut columns = Self {
            n_tiles: tiles.len(),
            pixels: Vec::new(),
            shares: Vec::new(),
            patches: Vec::new(),
        };
        for tile in tiles {
            columns.pixels.extend(tile.pixels);
            columns
                .shares
                .extend(tile.shares.iter().flat_map(|share| share.to_le_bytes()));
            columns.patches.extend(tile.patches);
        }
        columns
    }

    fn named(
        &self,
        set: &str,
        side: usize,
        per_side: usize,
    ) -> Result<Vec<(String, TensorView<'_>)>, SafeTensorError> {
        let n = self.n_tiles;
        let pixels = TensorView::new(Dtype::U8, vec![n, side, side, 3], &self.pixels)?;
        let shares = TensorView::new(Dtype::F32, vec![n, N_CLASSES], &self.shares)?;
        let patches = TensorView::new(Dtype::U8, vec![n, per_side, per_side], &self.patches)?;
        Ok(vec![
            (format!("{set}.pixels"), pixels),
            (format!("{set}.shares"), shares),
            (format!("{set}.patches"), patches),
        ])
    }
}
