use encoder::Input;
use flow::PixelRect;
use phantom::{PhantomSpec, Scene, paint};

use super::classes::{N_CLASSES, class_index};
use crate::ShippedError;

/// One phantom as an encoder sees it: square tiles at its mpp, compressed once as by a scanner.
#[derive(Debug)]
pub(super) struct Sheet {
    scene: Scene,
    input: Input,
}

/// Top left corner of a tile, in pixels at the encoder's mpp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Corner {
    pub(super) x: u32,
    pub(super) y: u32,
}

/// A tile is asked for its tissue and tumour at this many places along each side.
const PROBES: u32 = 14;
/// A tile with a smaller share of tissue is not part of a bag.
const MIN_TISSUE: f32 = 0.1;

impl Sheet {
    pub(super) fn new(spec: &PhantomSpec, input: Input) -> Result<Self, ShippedError> {
        Ok(Self {
            scene: Scene::new(spec)?,
            input,
        })
    }

    /// Side of the slide in pixels at the encoder's mpp.
    pub(super) fn side_px(&self) -> u32 {
        (self.scene.side_um() / self.input.mpp.get()) as u32
    }

    /// The corners of all whole tiles with tissue, on a grid from the top left, row by row.
    pub(super) fn tissue_tiles(&self) -> Vec<Corner> {
        let n_tiles = self.side_px() / self.input.tile_px;
        let tiles = (0..n_tiles).flat_map(|row| (0..n_tiles).map(move |column| (column, row)));
        tiles
            .map(|(column, row)| Corner {
                x: column * self.input.tile_px,
                y: row * self.input.tile_px,
            })
            .filter(|corner| self.has_tissue(*corner))
            .collect()
    }

    pub(super) fn has_tissue(&self, corner: Corner) -> bool {
        self.share(corner, |x, y| self.scene.tissue_at(x, y)) >= MIN_TISSUE
    }

    /// Share of the tile inside the tumour's outline.
    pub(super) fn tumour_share(&self, corner: Corner) -> f32 {
        self.share(corner, |x, y| self.scene.tumour_at(x, y))
    }

    /// The class at the centre of every patch of a tile, row by row.
    pub(super) fn patch_classes(&self, corner: Corner, patches_per_side: u32) -> Vec<u8> {
        let places = self.places(corner, patches_per_side);
        let class = |(x, y)| class_index(self.scene.class_at(x, y));
        places.map(class).collect()
    }

    /// Interleaved RGB after compression as JPEG 4:2:0 of this quality.
    pub(super) fn pixels(&self, corner: Corner, quality: u8) -> Result<Vec<u8>, ShippedError> {
        let side = self.input.tile_px;
        let rect = PixelRect {
            x: corner.x,
            y: corner.y,
            width: side,
            height: side,
        };
        compressed(
            &paint(&self.scene, rect, self.input.mpp).pixels,
            side as usize,
            quality,
        )
    }

    fn share(&self, corner: Corner, holds: impl Fn(f64, f64) -> bool) -> f32 {
        let n_held = self
            .places(corner, PROBES)
            .filter(|&(x, y)| holds(x, y))
            .count();
        n_held as f32 / PROBES.pow(2) as f32
    }

    /// The centres of `per_side` by `per_side` cells of a tile, in micrometres.
    fn places(&self, corner: Corner, per_side: u32) -> impl Iterator<Item = (f64, f64)> {
        let mpp = self.input.mpp.get();
        let cell = f64::from(self.input.tile_px) * mpp / f64::from(per_side);
        let (left, top) = (f64::from(corner.x) * mpp, f64::from(corner.y) * mpp);
        let centre = move |start: f64, cells: u32| start + (f64::from(cells) + 0.5) * cell;
        (0..per_side * per_side)
            .map(move |at| (centre(left, at % per_side), centre(top, at / per_side)))
    }
}

/// The share of every class among the patches.
pub(super) fn shares(patches: &[u8]) -> Vec<f32> {
    let mut shares = vec![0.0; N_CLASSES];
    for &class in patches {
        shares[usize::from(class)] += 1.0 / patches.len() as f32;
    }
    shares
}

fn compressed(pixels: &[u8], side: usize, quality: u8) -> Result<Vec<u8>, ShippedError> {
    let image = turbojpeg::Image {
        pixels,
        width: side,
        pitch: 3 * side,
        height: side,
        format: turbojpeg::PixelFormat::RGB,
    };
    let jpeg = turbojpeg::compress(image, i32::from(quality), turbojpeg::Subsamp::Sub2x2)?;
    Ok(turbojpeg::decompress(&jpeg, turbojpeg::PixelFormat::RGB)?.pixels)
}
