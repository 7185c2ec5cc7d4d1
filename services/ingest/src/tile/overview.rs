use anyhow::{Context, Result};
use flow::{MicrometreRect, Mpp, PixelSize, SlideId, TissueMask};
use pyramid::PyramidReader;
use store::Store;
use tokio::task::spawn_blocking;

use super::build::Built;
use crate::tissue::{Overview, segment};

/// Nuclei blur into tissue here, and a crumb of 50 um still has some pixels.
const UM_PER_PIXEL: f64 = 8.0;
/// Larger slides are looked at more coarsely, to keep memory flat: 25 x 60 mm at 19 um.
const MAX_PIXELS: f64 = 4_000_000.0;

/// Finds the tissue on the pyramid just stored.
pub(super) async fn tissue(store: &Store, slide: SlideId, built: &Built) -> Result<TissueMask> {
    let index = built.pyramid.index.clone();
    let reader = PyramidReader::from_index(store.clone(), slide, built.mpp, index);
    let side_um = |pixels: u32| f64::from(pixels) * built.mpp.get();
    let rect = MicrometreRect {
        x: 0.0,
        y: 0.0,
        width: side_um(built.facts.size.width),
        height: side_um(built.facts.size.height),
    };
    let um_per_pixel = resolution(rect, built.mpp);
    let pixels = |length_um: f64| ((length_um / um_per_pixel) as u32).max(1);
    let size = PixelSize::new(pixels(rect.width), pixels(rect.height));
    // Whole and square pixels inside the slide: what is left over is thinner than one of them, and
    // beyond the edge the picture would be white, which glows on a dark slide.
    let rect = MicrometreRect {
        width: f64::from(size.width) * um_per_pixel,
        height: f64::from(size.height) * um_per_pixel,
        ..rect
    };
    let image = reader
        .read_region(Mpp::new(um_per_pixel)?, rect, size)
        .await
        .context("cannot read an overview of the slide")?;
    let overview = Overview {
        size: image.size,
        um_per_pixel,
        rgb: image.pixels,
    };
    let mask = spawn_blocking(move || segment(&overview)).await?;
    mask.context("the tissue mask is impossible")
}

fn resolution(rect: MicrometreRect, mpp: Mpp) -> f64 {
    let coarse = (rect.width * rect.height / MAX_PIXELS).sqrt();
    UM_PER_PIXEL.max(mpp.get()).max(coarse)
}
