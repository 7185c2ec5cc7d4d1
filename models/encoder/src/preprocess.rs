use std::borrow::Cow;

use candle_core::{Device, Tensor};

use crate::resize::resize;
use crate::{Architecture, EncoderError, Fit, Input};

/// A square tile: interleaved 8-bit RGB, row-major, `3 * side * side` bytes.
#[derive(Clone, Copy, Debug)]
pub struct RgbTile<'a> {
    pub pixels: &'a [u8],
    pub side: u32,
}

/// Turns tiles into what the patch embedding multiplies.
#[derive(Clone, Debug)]
pub(crate) struct Preprocessor {
    input: Input,
    image_px: usize,
    patch_px: usize,
    /// Normalised value of every possible byte, per channel.
    normalised: [[f32; 256]; 3],
}

impl Preprocessor {
    pub(crate) fn new(input: Input, architecture: &Architecture) -> Self {
        let normalised = std::array::from_fn(|channel| {
            let (mean, std) = (input.mean[channel], input.std[channel]);
            std::array::from_fn(|byte| ((byte as f64 / 255.0 - mean) / std) as f32)
        });
        Self {
            input,
            image_px: architecture.image_px as usize,
            patch_px: architecture.patch_px as usize,
            normalised,
        }
    }

    /// Patches of shape (tiles, patches, channels * rows * columns), the order in which a
    /// convolution's kernel is stored.
    pub(crate) fn patches(&self, tiles: &[RgbTile<'_>]) -> Result<Tensor, EncoderError> {
        let n_patches = (self.image_px / self.patch_px).pow(2);
        let patch_values = 3 * self.patch_px.pow(2);
        let mut values = vec![0.0; tiles.len() * n_patches * patch_values];
        for (tile, values) in tiles
            .iter()
            .zip(values.chunks_exact_mut(n_patches * patch_values))
        {
            self.write_patches(&self.image(tile)?, values);
        }
        let shape = (tiles.len(), n_patches, patch_values);
        Ok(Tensor::from_vec(values, shape, &Device::Cpu)?)
    }

    /// Fails, with its index, on the first tile that is not of the encoder's tile size.
    pub(crate) fn check(&self, tiles: &[RgbTile<'_>]) -> Result<(), EncoderError> {
        let expected = self.input.tile_px;
        let n_bytes = 3 * (expected as usize).pow(2);
        let fits = |tile: &RgbTile<'_>| tile.side == expected && tile.pixels.len() == n_bytes;
        match tiles.iter().position(|tile| !fits(tile)) {
            None => Ok(()),
            Some(index) => Err(EncoderError::Tile {
                index,
                side: tiles[index].side,
                n_bytes: tiles[index].pixels.len(),
                expected,
            }),
        }
    }

    fn image<'a>(&self, tile: &RgbTile<'a>) -> Result<Cow<'a, [u8]>, EncoderError> {
        if tile.side as usize == self.image_px {
            return Ok(Cow::Borrowed(tile.pixels));
        }
        let target = self.image_px as u32;
        match self.input.fit {
            Fit::Resize => resize(tile.pixels, tile.side, target, self.input.resize),
            Fit::CentreCrop => Ok(self.middle(tile)),
        }
        .map(Cow::Owned)
    }

    /// Where the border cannot be the same all round, left and top have the smaller one, as in
    /// torchvision's `CenterCrop` of even sides.
    fn middle(&self, tile: &RgbTile<'_>) -> Vec<u8> {
        let side = tile.side as usize;
        let border = (side - self.image_px) / 2;
        let rows = tile.pixels.chunks_exact(3 * side);
        let rows = rows.skip(border).take(self.image_px);
        rows.flat_map(|row| &row[3 * border..3 * (border + self.image_px)])
            .copied()
            .collect()
    }

    fn write_patches(&self, image: &[u8], values: &mut [f32]) {
        let (side, patch) = (self.image_px, self.patch_px);
        let per_side = side / patch;
        for (at, values) in values.chunks_exact_mut(3 * patch * patch).enumerate() {
            let (top, left) = (at / per_side * patch, at % per_side * patch);
            for (channel, plane) in values.chunks_exact_mut(patch * patch).enumerate() {
                let normalised = &self.normalised[channel];
                for (row, line) in plane.chunks_exact_mut(patch).enumerate() {
                    let start = ((top + row) * side + left) * 3;
                    let pixels = image[start..start + 3 * patch].chunks_exact(3);
                    for (value, pixel) in line.iter_mut().zip(pixels) {
                        *value = normalised[usize::from(pixel[channel])];
                    }
                }
            }
        }
    }
}
