use serde::{Deserialize, Serialize};

use crate::resample::{Kernel, Taps, taps};

/// How pixels are weighted when a tile is resized; both average over what they shrink, as Pillow
/// and torchvision with antialias do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResizeFilter {
    Bilinear,
    Bicubic,
}

/// Interleaved 8-bit RGB, row-major.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pixels<'a> {
    pub(crate) rgb: &'a [u8],
    pub(crate) width: usize,
    pub(crate) height: usize,
}

/// Fraction bits of a weight, as in Pillow: sums of bytes stay inside 32 bits.
const PRECISION: u32 = 22;

/// The pixels at `width` by `height`, byte for byte what Pillow's `Image.resize` gives: along the
/// rows first, rounded to bytes, then along the columns.
pub(crate) fn resize(
    pixels: Pixels<'_>,
    width: usize,
    height: usize,
    filter: ResizeFilter,
) -> Vec<u8> {
    let kernel = match filter {
        ResizeFilter::Bilinear => Kernel::Bilinear,
        ResizeFilter::Bicubic => Kernel::Bicubic,
    };
    let along_rows = if width == pixels.width {
        pixels.rgb.to_vec()
    } else {
        let taps = fixed_point(&taps(pixels.width, width, kernel));
        let rows = pixels.rgb.chunks_exact(3 * pixels.width);
        rows.flat_map(|row| resized_row(row, &taps)).collect()
    };
    if height == pixels.height {
        return along_rows;
    }
    let taps = fixed_point(&taps(pixels.height, height, kernel));
    let rows: Vec<&[u8]> = along_rows.chunks_exact(3 * width).collect();
    taps.iter().flat_map(|taps| mixed(&rows, taps)).collect()
}

struct FixedTaps {
    first: usize,
    weights: Vec<i32>,
}

fn fixed_point(taps: &[Taps]) -> Vec<FixedTaps> {
    let one = f64::from(1_u32 << PRECISION);
    let fixed = |taps: &Taps| FixedTaps {
        first: taps.first,
        weights: taps
            .weights
            .iter()
            .map(|weight| (weight * one).round() as i32)
            .collect(),
    };
    taps.iter().map(fixed).collect()
}

fn resized_row(row: &[u8], taps: &[FixedTaps]) -> Vec<u8> {
    let (pixels, _) = row.as_chunks::<3>();
    let mut out = Vec::with_capacity(3 * taps.len());
    for taps in taps {
        let mut sums = [HALF; 3];
        for (pixel, weight) in pixels[taps.first..].iter().zip(&taps.weights) {
            for (sum, value) in sums.iter_mut().zip(pixel) {
                *sum += i32::from(*value) * weight;
            }
        }
        out.extend(sums.map(to_byte));
    }
    out
}

/// One row made of several.
fn mixed(rows: &[&[u8]], taps: &FixedTaps) -> Vec<u8> {
    let n_values = rows.first().map_or(0, |row| row.len());
    let mut sums = vec![HALF; n_values];
    for (row, weight) in rows[taps.first..].iter().zip(&taps.weights) {
        for (sum, value) in sums.iter_mut().zip(*row) {
            *sum += i32::from(*value) * weight;
        }
    }
    sums.into_iter().map(to_byte).collect()
}

const HALF: i32 = 1 << (PRECISION - 1);

fn to_byte(sum: i32) -> u8 {
    (sum >> PRECISION).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use safetensors::SafeTensors;

    use super::*;

    /// Numbers of Pillow, written by `reference/make_reference.py`.
    const REFERENCE: &[u8] = include_bytes!("../tests/fixtures/reference.safetensors");

    #[test]
    fn resizes_to_the_very_bytes_of_pillow() -> Result<(), Box<dyn Error>> {
        let reference = SafeTensors::deserialize(REFERENCE)?;
        let tiles = reference.tensor("tiles")?;
        let tile = Pixels {
            rgb: &tiles.data()[..3 * 32 * 32],
            width: 32,
            height: 32,
        };
        let filters = [
            (ResizeFilter::Bilinear, "bilinear"),
            (ResizeFilter::Bicubic, "bicubic"),
        ];
        for (filter, name) in filters {
            for side in [20, 48] {
                let expected = reference.tensor(&format!("resized.{name}.{side}"))?;
                let found = resize(tile, side, side, filter);
                assert!(found == expected.data(), "{name} to {side}");
            }
        }
        Ok(())
    }
}
