use flow::{PixelRect, PixelSize};

use super::halve::{Halving, Quad};
use crate::image::CHANNELS;
use crate::jpeg::{DctScale, decode_scaled, encode_rgb};
use crate::{PyramidError, RgbImage};

/// Halves the tiles of `quad` pixel by pixel: for tiles at the edge, odd sides, and whatever else
/// does not fit [`super::halve_planes`]. What lies beyond the level's edge repeats its last pixels,
/// so that nothing dark or foreign bleeds in.
pub(super) fn halved(quad: &Quad<'_>, halving: Halving) -> Result<Vec<u8>, PyramidError> {
    let tile = quad.above.tile;
    let mut double = RgbImage::filled(
        PixelSize::new(2 * tile.width, 2 * tile.height),
        [0; CHANNELS],
    );
    let mut valid = PixelSize::new(0, 0);
    for (position, found) in quad.tiles.iter().enumerate() {
        let Some((index, jpeg)) = found else { continue };
        let Some(part) = quad.above.clipped(*index) else {
            continue;
        };
        let at = (
            position as u32 % 2 * tile.width,
            position as u32 / 2 * tile.height,
        );
        paste_valid(&mut double, &decode_scaled(jpeg, DctScale::Full)?, part, at)?;
        valid.width = valid.width.max(at.0 + part.width);
        valid.height = valid.height.max(at.1 + part.height);
    }
    repeat_edges(&mut double, valid);
    encode_rgb(
        &box_halved(&double),
        halving.quality,
        halving.model.rgb_subsampling(),
    )
}

fn paste_valid(
    double: &mut RgbImage,
    decoded: &RgbImage,
    part: PixelRect,
    at: (u32, u32),
) -> Result<(), PyramidError> {
    if decoded.size.width < part.width || decoded.size.height < part.height {
        return Err(PyramidError::NotBaseline("it is smaller than its tile"));
    }
    let inside = PixelRect { x: 0, y: 0, ..part };
    double.paste(decoded, inside, at);
    Ok(())
}

/// Fills what lies right of and below `valid` with the nearest pixel inside.
fn repeat_edges(image: &mut RgbImage, valid: PixelSize) {
    let row_bytes = image.size.width as usize * CHANNELS;
    let valid_bytes = valid.width as usize * CHANNELS;
    if valid_bytes == 0 || valid.height == 0 {
        return;
    }
    for row in image
        .pixels
        .chunks_exact_mut(row_bytes)
        .take(valid.height as usize)
    {
        let (inside, outside) = row.split_at_mut(valid_bytes);
        let last = &inside[valid_bytes - CHANNELS..];
        outside
            .chunks_exact_mut(CHANNELS)
            .for_each(|pixel| pixel.copy_from_slice(last));
    }
    let last_row = (valid.height as usize - 1) * row_bytes;
    for row in valid.height as usize..image.size.height as usize {
        image
            .pixels
            .copy_within(last_row..last_row + row_bytes, row * row_bytes);
    }
}

/// Mean of every two by two pixels; both sides of `image` are even.
fn box_halved(image: &RgbImage) -> RgbImage {
    let size = PixelSize::new(image.size.width / 2, image.size.height / 2);
    let row_bytes = image.size.width as usize * CHANNELS;
    let mut pixels = Vec::with_capacity(size.area() as usize * CHANNELS);
    for rows in image.pixels.chunks_exact(2 * row_bytes) {
        let (upper, lower) = rows.split_at(row_bytes);
        let pairs = upper
            .chunks_exact(2 * CHANNELS)
            .zip(lower.chunks_exact(2 * CHANNELS));
        for (upper, lower) in pairs {
            pixels.extend((0..CHANNELS).map(|channel| {
                let sum: u16 = [
                    upper[channel],
                    upper[channel + CHANNELS],
                    lower[channel],
                    lower[channel + CHANNELS],
                ]
                .into_iter()
                .map(u16::from)
                .sum();
                ((sum + 2) / 4) as u8
            }));
        }
    }
    RgbImage { size, pixels }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_repeat_and_halving_rounds() {
        let mut image = RgbImage::filled(PixelSize::new(4, 4), [0; 3]);
        for (x, y, value) in [
            (0, 0, 10),
            (1, 0, 20),
            (2, 0, 31),
            (0, 1, 10),
            (1, 1, 21),
            (2, 1, 41),
        ] {
            let at = (y * 4 + x) * CHANNELS;
            image.pixels[at..at + CHANNELS].fill(value);
        }
        repeat_edges(&mut image, PixelSize::new(3, 2));
        assert_eq!(image.pixel(3, 0), [31; 3]);
        assert_eq!(image.pixel(3, 3), [41; 3]);
        assert_eq!(image.pixel(0, 2), [10; 3]);
        let half = box_halved(&image);
        assert_eq!(half.pixel(0, 0), [15; 3]);
        assert_eq!(half.pixel(1, 0), [36; 3]);
        assert_eq!(half.pixel(1, 1), [41; 3]);
    }
}
