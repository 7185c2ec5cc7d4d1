use crate::{Architecture, EncoderError, Input, RgbTile};

/// A tile and what is on it.
#[derive(Clone, Debug)]
pub struct LabelledTile {
    /// Interleaved RGB of the encoder's image size.
    pub pixels: Vec<u8>,
    /// The share of every class; they sum to 1.
    pub shares: Vec<f32>,
    /// The class at the centre of every patch, row by row.
    pub patches: Vec<u8>,
}

impl LabelledTile {
    pub(super) fn rgb(&self, side: u32) -> RgbTile<'_> {
        RgbTile {
            pixels: &self.pixels,
            side,
        }
    }

    /// The class with the largest share.
    pub fn majority(&self) -> usize {
        let indexed = self.shares.iter().enumerate();
        indexed
            .max_by(|a, b| a.1.total_cmp(b.1))
            .map_or(0, |(class, _)| class)
    }
}

/// Fails unless every tile fits the encoder and has as many classes as the first.
pub(super) fn check(
    tiles: &[LabelledTile],
    input: &Input,
    architecture: &Architecture,
) -> Result<usize, EncoderError> {
    let wrong = |text: &str| Err(EncoderError::Training(text.to_owned()));
    if input.tile_px != architecture.image_px {
        return wrong("tile_px must be image_px, tiles are not resized in training");
    }
    let n_bytes = 3 * (input.tile_px as usize).pow(2);
    let n_classes = tiles.first().map_or(0, |tile| tile.shares.len());
    let fits = |tile: &LabelledTile| {
        tile.pixels.len() == n_bytes
            && tile.shares.len() == n_classes
            && tile.patches.len() == architecture.n_patches()
            && tile
                .patches
                .iter()
                .all(|&class| usize::from(class) < n_classes)
    };
    if n_classes < 2 {
        return wrong("tiles with at least two classes are needed");
    }
    if !tiles.iter().all(fits) {
        return wrong("a tile's pixels, shares or patches are not of the encoder's size");
    }
    Ok(n_classes)
}
