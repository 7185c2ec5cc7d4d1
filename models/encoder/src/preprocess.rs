use std::borrow::Cow;

use candle_core::{Device, Tensor};
use kernels::{Element, Operand};

use crate::resize::{Pixels, resize};
use crate::{Architecture, EncoderError, Fit, Input};

/// A square tile: interleaved 8-bit RGB, row-major, `3 * side * side` bytes.
#[derive(Clone, Copy, Debug)]
pub struct RgbTile<'a> {
    pub pixels: &'a [u8],
    pub side: u32,
}

/// A picture of any size: interleaved 8-bit RGB, row-major, `3 * width * height` bytes.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    pub pixels: &'a [u8],
    pub width: usize,
    pub height: usize,
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
        let (n_patches, patch_values) = self.patch_shape();
        let mut values = vec![0.0; tiles.len() * n_patches * patch_values];
        let images = values.chunks_exact_mut(n_patches * patch_values);
        for (tile, values) in tiles.iter().zip(images) {
            let image = self.image(tile);
            for (at, values) in values.chunks_exact_mut(patch_values).enumerate() {
                self.write_patch(&self.normalised, &image, at, values);
            }
        }
        let shape = (tiles.len(), n_patches, patch_values);
        Ok(Tensor::from_vec(values, shape, &Device::Cpu)?)
    }

    /// Writes every patch of every image into a row of its own, image after image.
    pub(crate) fn write<E: Element>(&self, images: &[Cow<'_, [u8]>], to: &mut Operand<E>) {
        let (n_patches, _) = self.patch_shape();
        let normalised = self.normalised.map(|channel| channel.map(E::rounded));
        for (number, image) in images.iter().enumerate() {
            for at in 0..n_patches {
                let row = to.row_mut(number * n_patches + at);
                self.write_patch(&normalised, image, at, row);
            }
        }
    }

    /// The image of a picture: its shorter side becomes the image's and its middle is cut out, as
    /// CLIP does.
    pub(crate) fn image_of_picture(&self, picture: Picture<'_>) -> Result<Vec<u8>, EncoderError> {
        let Picture {
            pixels,
            width,
            height,
        } = picture;
        if width == 0 || height == 0 || pixels.len() != 3 * width * height {
            return Err(EncoderError::Picture {
                width,
                height,
                n_bytes: pixels.len(),
            });
        }
        let side = self.image_px;
        // As torchvision: the longer side is cut off, not rounded.
        let (to_width, to_height) = if width < height {
            (side, side * height / width)
        } else {
            (side * width / height, side)
        };
        let pixels = Pixels {
            rgb: pixels,
            width,
            height,
        };
        let resized = resize(pixels, to_width, to_height, self.input.resize);
        Ok(middle(&resized, to_width, to_height, side))
    }

    /// How many patches an image has, and how many values a patch.
    fn patch_shape(&self) -> (usize, usize) {
        let patches = (self.image_px / self.patch_px).pow(2);
        (patches, 3 * self.patch_px.pow(2))
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

    /// What of a tile the transformer sees.
    pub(crate) fn image<'a>(&self, tile: &RgbTile<'a>) -> Cow<'a, [u8]> {
        let (side, target) = (tile.side as usize, self.image_px);
        if side == target {
            return Cow::Borrowed(tile.pixels);
        }
        let pixels = Pixels {
            rgb: tile.pixels,
            width: side,
            height: side,
        };
        Cow::Owned(match self.input.fit {
            Fit::Resize => resize(pixels, target, target, self.input.resize),
            Fit::CentreCrop => middle(tile.pixels, side, side, target),
        })
    }

    /// Writes patch `at` of an image: channels, rows, columns.
    fn write_patch<E: Copy>(
        &self,
        normalised: &[[E; 256]; 3],
        image: &[u8],
        at: usize,
        values: &mut [E],
    ) {
        let (side, patch) = (self.image_px, self.patch_px);
        let per_side = side / patch;
        let (top, left) = (at / per_side * patch, at % per_side * patch);
        let planes = values.chunks_exact_mut(patch * patch);
        for ((channel, normalised), plane) in normalised.iter().enumerate().zip(planes) {
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

/// The square of `side` in the middle of an image. Where the borders cannot be the same, the one
/// of an even number of pixels stands first, as in torchvision's `CenterCrop`.
fn middle(image: &[u8], width: usize, height: usize, side: usize) -> Vec<u8> {
    let border = |length: usize| {
        let both = length - side;
        let smaller = both / 2;
        smaller + (both % 2) * (smaller % 2)
    };
    let (left, top) = (border(width), border(height));
    let rows = image.chunks_exact(3 * width).skip(top).take(side);
    rows.flat_map(|row| &row[3 * left..3 * (left + side)])
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use flow::Sha256Digest;

    use super::*;
    use crate::Published;

    /// What `reference/preprocessed.py` prints for `CLIP.png`.
    const CLIP_PNG: &str = "19208afad8dce9910abcbb73bd81c9d8734a4fa086d89aab4f5a81710a9b0c17";

    fn clip() -> Result<(Preprocessor, Input), Box<dyn Error>> {
        let plip = Published::all()?.into_iter().find(|p| p.name == "plip");
        let plip = plip.ok_or("plip is published")?;
        Ok((
            Preprocessor::new(plip.input, &plip.architecture),
            plip.input,
        ))
    }

    /// An image as a plane per channel, row by row, from its patches.
    fn planes(preprocessor: &Preprocessor, image: &[u8]) -> Result<Vec<f32>, Box<dyn Error>> {
        let mut patches = Operand::<f32>::zeros(49, 3 * 32 * 32);
        preprocessor.write(&[Cow::Borrowed(image)], &mut patches);
        let rows: Vec<f32> = (0..49).flat_map(|at| patches.row(at)).copied().collect();
        let patches = Tensor::from_vec(rows, (7, 7, 3, 32, 32), &Device::Cpu)?;
        let planes = patches.permute((2, 0, 3, 1, 4))?;
        Ok(planes.flatten_all()?.to_vec1()?)
    }

    /// The bytes, interleaved, that were normalised to these planes.
    fn bytes(planes: &[f32], input: &Input) -> Vec<u8> {
        let n_pixels = planes.len() / 3;
        let byte = |at: usize| {
            let (channel, pixel) = (at % 3, at / 3);
            let value = f64::from(planes[channel * n_pixels + pixel]);
            ((value * input.std[channel] + input.mean[channel]) * 255.0).round() as u8
        };
        (0..planes.len()).map(byte).collect()
    }

    #[test]
    fn a_real_picture_is_preprocessed_to_the_very_bytes_of_clip() -> Result<(), Box<dyn Error>> {
        let Some(path) = test_data::real("clip/CLIP.png") else {
            return Ok(());
        };
        let picture = image::open(path)?.to_rgb8();
        let (preprocessor, input) = clip()?;
        let image = preprocessor.image_of_picture(Picture {
            pixels: picture.as_raw(),
            width: picture.width() as usize,
            height: picture.height() as usize,
        })?;
        let found = Sha256Digest::of(&bytes(&planes(&preprocessor, &image)?, &input));
        assert_eq!(found.to_string(), CLIP_PNG);
        Ok(())
    }

    /// The file holds the values of another picture, of which only they are known.
    #[test]
    fn values_are_normalised_as_clip_does() -> Result<(), Box<dyn Error>> {
        let Some(path) = test_data::real("clip/expected_preprocessed_image.npy") else {
            return Ok(());
        };
        let file = std::fs::read(path)?;
        let (words, _) = file[file.len() - 4 * 3 * 224 * 224..].as_chunks::<4>();
        let expected: Vec<f32> = words.iter().map(|word| f32::from_le_bytes(*word)).collect();
        let (preprocessor, input) = clip()?;
        let pixels = bytes(&expected, &input);
        let found = planes(&preprocessor, &pixels)?;
        let differences = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
        let largest = differences.fold(0.0, f32::max);
        assert!(largest <= 1e-5, "{largest}");
        Ok(())
    }
}
