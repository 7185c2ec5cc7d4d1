//! What the pixels of a slide say without a model: where tissue lies, and what came in its way.
//!
//! Tissue, marks of a pen and folds are looked for on an overview of about 8 um per pixel; how sharp
//! the scanner's focus was needs the fine pixels of a tile.
//!
//! Missing tissue can miss a tumour, while a tile of glass only costs a moment, so every rule of
//! [`segment`] that drops something asks for several signs at once and leaves the doubtful in.
//! Artefacts are only shown to people, never dropped: their rules take one sign for enough.

mod artefacts;
mod bitmap;
mod blur;
mod cells;
mod components;
mod coverslip;
mod elongation;
mod folds;
mod glass;
mod glow;
mod ink;
mod overview;
mod smooth;
mod specks;
mod stain;
mod threshold;

use flow::{FlowError, TissueMask};

pub use artefacts::Artefacts;
pub use blur::{BlurMeter, COARSEST_FOR_BLUR};
pub use overview::{Overview, OverviewPlan};

use bitmap::Bitmap;
use glass::Glass;
use stain::Stain;
use threshold::hysteresis;

/// Structures closer together than this are one piece of tissue (fat, loose stroma).
const CLOSE_UM: f64 = 20.0;
/// In fluorescence nuclei lie apart and what is between them is nearly black.
const CLOSE_DARK_UM: f64 = 48.0;
/// Holes up to this area are lumina, vessels and fat cells, and count as tissue.
const HOLE_UM2: f64 = 30_000.0;

/// The tissue of a slide, in cells of 32 um.
pub fn segment(overview: &Overview) -> Result<TissueMask, FlowError> {
    let found = match glass::estimate(overview) {
        Glass::Bright(colour) => on_bright_glass(overview, colour),
        Glass::Dark(colour) => on_dark_ground(overview, colour),
    };
    cells::summarise(&found, overview)
}

fn on_bright_glass(overview: &Overview, glass: [f32; 3]) -> Bitmap {
    let stain = Stain::measure(overview, glass);
    let ink = ink::find(overview, &stain);
    let mut tissue = hysteresis(&stain.strength(), overview.size, stain.thresholds());
    tissue.remove(&ink);
    coverslip::remove_edges(&mut tissue, &stain, overview);
    let whole = made_whole(&tissue, overview, CLOSE_UM);
    let mut clean = specks::without_dust(&whole, &stain, overview);
    clean.remove(&ink);
    clean
}

fn on_dark_ground(overview: &Overview, ground: [f32; 3]) -> Bitmap {
    let (strength, thresholds) = glow::measure(overview, ground);
    let tissue = hysteresis(&strength, overview.size, thresholds);
    let whole = made_whole(&tissue, overview, CLOSE_DARK_UM);
    specks::without_specks(&whole, overview)
}

fn made_whole(tissue: &Bitmap, overview: &Overview, close_um: f64) -> Bitmap {
    let closed = tissue.close(overview.pixels(close_um));
    components::fill_holes(&closed, overview.pixel_area(HOLE_UM2))
}
