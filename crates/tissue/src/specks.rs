use super::Overview;
use super::bitmap::Bitmap;
use super::components::label;
use super::stain::Stain;

/// Stained pieces smaller than this (a few cells) are dirt or noise.
const SPECK_UM2: f64 = 1_500.0;
/// Grey pieces are dust up to a larger size: stained tissue is not grey.
const DUST_UM2: f64 = 40_000.0;

/// Drops dust and specks; keeps them if nothing else was found, for then they may be the specimen.
pub(super) fn without_dust(tissue: &Bitmap, stain: &Stain, overview: &Overview) -> Bitmap {
    let labels = label(tissue);
    let areas = labels.areas();
    let n_grey = labels.sum(|position| usize::from(stain.is_grey(position)));
    let speck = overview.pixel_area(SPECK_UM2);
    let dust = overview.pixel_area(DUST_UM2);
    let kept = labels.select(|piece| {
        let piece = piece as usize;
        let is_grey = 2 * n_grey[piece] > areas[piece];
        areas[piece] >= if is_grey { dust } else { speck }
    });
    or_else_coloured(kept, tissue, stain)
}

/// Drops specks; keeps them if nothing else was found.
pub(super) fn without_specks(tissue: &Bitmap, overview: &Overview) -> Bitmap {
    let labels = label(tissue);
    let areas = labels.areas();
    let speck = overview.pixel_area(SPECK_UM2);
    let kept = labels.select(|piece| areas[piece as usize] >= speck);
    if kept.n_set() > 0 {
        kept
    } else {
        tissue.clone()
    }
}

fn or_else_coloured(kept: Bitmap, tissue: &Bitmap, stain: &Stain) -> Bitmap {
    if kept.n_set() > 0 {
        return kept;
    }
    Bitmap::from_fn(tissue.size, |position| {
        tissue.bits[position] && !stain.is_grey(position)
    })
}
