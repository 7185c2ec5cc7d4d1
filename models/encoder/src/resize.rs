use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use serde::{Deserialize, Serialize};

use crate::EncoderError;

/// How pixels are weighted when a tile is resized; both average over what they shrink, as Pillow
/// and torchvision with antialias do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResizeFilter {
    Bilinear,
    Bicubic,
}

/// Resizes square interleaved RGB from `side` to `target`: along the rows first, then along the
/// columns, for what overshoots is clipped to a byte in between and the order shows.
pub(crate) fn resize(
    pixels: &[u8],
    side: u32,
    target: u32,
    filter: ResizeFilter,
) -> Result<Vec<u8>, EncoderError> {
    let rows = pass(pixels, (side, side), (target, side), filter)?;
    pass(&rows, (target, side), (target, target), filter)
}

/// Sizes are width and height, of which only one changes.
fn pass(
    pixels: &[u8],
    from: (u32, u32),
    to: (u32, u32),
    filter: ResizeFilter,
) -> Result<Vec<u8>, EncoderError> {
    let filter = match filter {
        ResizeFilter::Bilinear => FilterType::Bilinear,
        ResizeFilter::Bicubic => FilterType::CatmullRom,
    };
    let source = ImageRef::new(from.0, from.1, pixels, PixelType::U8x3)
        .map_err(|error| EncoderError::Resize(error.into()))?;
    let mut resized = Image::new(to.0, to.1, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
    Resizer::new()
        .resize(&source, &mut resized, &options)
        .map_err(|error| EncoderError::Resize(error.into()))?;
    Ok(resized.into_vec())
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use safetensors::SafeTensors;

    use super::*;

    /// Numbers of Pillow, written by `reference/make_reference.py`.
    const REFERENCE: &[u8] = include_bytes!("../tests/fixtures/reference.safetensors");

    #[test]
    fn resizes_as_pillow_does() -> Result<(), Box<dyn Error>> {
        let reference = SafeTensors::deserialize(REFERENCE)?;
        let tiles = reference.tensor("tiles")?;
        let tile = &tiles.data()[..3 * 32 * 32];
        let filters = [
            (ResizeFilter::Bilinear, "bilinear"),
            (ResizeFilter::Bicubic, "bicubic"),
        ];
        for (filter, name) in filters {
            for side in [20, 48] {
                let expected = reference.tensor(&format!("resized.{name}.{side}"))?;
                let found = resize(tile, 32, side, filter)?;
                assert_eq!(found.len(), expected.data().len());
                let differences = found
                    .iter()
                    .zip(expected.data())
                    .map(|(a, b)| a.abs_diff(*b));
                // Both round fixed-point sums to bytes after each of their two passes, in their own way.
                let largest = differences.max().unwrap_or(u8::MAX);
                assert!(largest <= 2, "{name} to {side}: {largest}");
            }
        }
        Ok(())
    }
}
