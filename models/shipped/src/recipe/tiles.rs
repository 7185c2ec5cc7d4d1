use encoder::train::LabelledTile;
use encoder::{Architecture, Input};
use parameters::{Seed, seeded};
use phantom::PhantomSpec;
use rand::{Rng, RngExt};
use rayon::prelude::*;

use super::encoder::TileSampling;
use super::sheet::{Corner, Sheet, shares};
use crate::ShippedError;

/// Places tried for a tile before a slide without enough tissue or tumour is given up.
const TRIES: usize = 400;
const JPEG_QUALITIES: std::ops::RangeInclusive<u8> = 70..=95;

/// Paints the tiles an encoder learns from: of each slide as many as the sampling says, half of a
/// positive slide's in its tumour.
pub(super) fn labelled_tiles(
    slides: &[PhantomSpec],
    sampling: &TileSampling,
    input: Input,
    architecture: &Architecture,
) -> Result<Vec<LabelledTile>, ShippedError> {
    let per_side = architecture.patches_per_side() as u32;
    let of_slide = |spec: &PhantomSpec| {
        let sheet = Sheet::new(spec, input)?;
        let mut random = seeded(Seed(spec.seed), 1);
        let n_tumour = match spec.tumour_fraction {
            0.0 => 0,
            _ => sampling.tiles_per_slide / 2,
        };
        (0..sampling.tiles_per_slide)
            .filter_map(|number| {
                let in_tumour = |corner| number >= n_tumour || sheet.tumour_share(corner) > 0.3;
                let corner = place(&sheet, input.tile_px, in_tumour, &mut random)?;
                Some(labelled(&sheet, corner, per_side, &mut random))
            })
            .collect::<Result<Vec<_>, _>>()
    };
    let of_slides: Vec<Vec<_>> = slides.par_iter().map(of_slide).collect::<Result<_, _>>()?;
    Ok(of_slides.into_iter().flatten().collect())
}

/// A random tile with tissue that is wanted.
fn place(
    sheet: &Sheet,
    tile_px: u32,
    is_wanted: impl Fn(Corner) -> bool,
    random: &mut impl Rng,
) -> Option<Corner> {
    let last = sheet.side_px().checked_sub(tile_px)?;
    let mut corner = || Corner {
        x: random.random_range(0..=last),
        y: random.random_range(0..=last),
    };
    (0..TRIES)
        .map(|_| corner())
        .find(|&corner| sheet.has_tissue(corner) && is_wanted(corner))
}

fn labelled(
    sheet: &Sheet,
    corner: Corner,
    patches_per_side: u32,
    random: &mut impl Rng,
) -> Result<LabelledTile, ShippedError> {
    let patches = sheet.patch_classes(corner, patches_per_side);
    Ok(LabelledTile {
        pixels: sheet.pixels(corner, random.random_range(JPEG_QUALITIES))?,
        shares: shares(&patches),
        patches,
    })
}
