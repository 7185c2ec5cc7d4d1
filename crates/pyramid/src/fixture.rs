//! Painted levels for the tests: smooth colour with blobs, so that halving and resampling have a
//! known answer.

use std::path::Path;

use flow::{LevelNumber, Mpp, PixelSize, Sha256Digest, SlideId, TileGrid, TileIndex, TileOrigin};
use turbojpeg::Subsamp;

use crate::dicom::{InstanceFacts, InstanceWriter, WrittenInstance};
use crate::jpeg::{FrameModel, encode_rgb};
use crate::{PyramidError, RgbImage};

pub(crate) const BASE_MPP: f64 = 0.5;

pub(crate) fn slide() -> SlideId {
    SlideId::from_digest(&Sha256Digest::of(b"a painted slide"))
}

pub(crate) fn grid(width: u32, height: u32, tile: u32) -> TileGrid {
    TileGrid::new(PixelSize::new(width, height), PixelSize::new(tile, tile))
}

/// Colour at a place of level 0 in pixels: a slow gradient with waves 40 and 56 pixels long.
pub(crate) fn colour(x: f64, y: f64) -> [u8; 3] {
    let wave = |at: f64, length: f64| (at * std::f64::consts::TAU / length).sin();
    let red = 150.0 + 40.0 * wave(x, 40.0) + x / 20.0;
    let green = 120.0 + 40.0 * wave(y, 56.0);
    let blue = 130.0 + 30.0 * wave(x + y, 80.0);
    [red, green, blue].map(|channel| channel.round().clamp(0.0, 255.0) as u8)
}

/// Paints `size` pixels from `left`, `top` on, each the colour at its centre.
pub(crate) fn painted(left: u32, top: u32, size: PixelSize) -> RgbImage {
    let pixels = (top..top + size.height)
        .flat_map(|y| {
            (left..left + size.width)
                .flat_map(move |x| colour(f64::from(x) + 0.5, f64::from(y) + 0.5))
        })
        .collect();
    RgbImage { size, pixels }
}

/// A tile of level 0; what hangs over the edge is black, the worst a scanner may leave there.
pub(crate) fn tile_jpeg(
    grid: TileGrid,
    tile: TileIndex,
    subsampling: Subsamp,
) -> Result<Vec<u8>, PyramidError> {
    let mut image = RgbImage::filled(grid.tile, [0; 3]);
    if let Some(part) = grid.clipped(tile) {
        let inside = painted(part.x, part.y, PixelSize::new(part.width, part.height));
        let whole = flow::PixelRect { x: 0, y: 0, ..part };
        image.paste(&inside, whole, (0, 0));
    }
    encode_rgb(&image, 95, subsampling)
}

pub(crate) fn facts(level: u8, grid: TileGrid) -> Result<InstanceFacts, PyramidError> {
    Ok(InstanceFacts {
        slide: slide(),
        deidentified_by: Vec::new(),
        uids: flow::SlideUids::derived(&slide()),
        level: LevelNumber(level),
        grid,
        mpp: Mpp::new(BASE_MPP * f64::from(1_u32 << level))?,
        origin: TileOrigin::Copied,
        model: FrameModel::YCbCr(Subsamp::Sub2x2),
        scanner: Some("Painter".to_owned()),
        background: [255; 3],
        icc: dicom_objects::srgb_profile()?,
    })
}

/// Writes the painted level 0 as a DICOM instance.
pub(crate) fn level_zero(
    directory: &Path,
    grid: TileGrid,
    subsampling: Subsamp,
) -> Result<WrittenInstance, PyramidError> {
    let mut writer = InstanceWriter::create(&directory.join("level-00.dcm"), facts(0, grid)?)?;
    for tile in grid.tiles() {
        writer.append(&tile_jpeg(grid, tile, subsampling)?)?;
    }
    writer.finish()
}

/// Mean absolute difference of two pictures of one size.
pub(crate) fn mean_difference(left: &RgbImage, right: &RgbImage) -> f64 {
    assert_eq!(left.size, right.size);
    let sum: u64 = left
        .pixels
        .iter()
        .zip(&right.pixels)
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    sum as f64 / left.pixels.len() as f64
}
