use anyhow::{Context, Result};
use flow::{SlideId, TissueMask};
use pyramid::PyramidReader;
use store::Store;
use tissue::{Overview, OverviewPlan, segment};
use tokio::task::spawn_blocking;

use super::build::Built;

/// 25 x 60 mm are looked at with 19 um per pixel.
const MAX_PIXELS: f64 = 4_000_000.0;

/// Finds the tissue on the pyramid just stored.
pub(super) async fn tissue(store: &Store, slide: SlideId, built: &Built) -> Result<TissueMask> {
    let index = built.pyramid.index.clone();
    let reader = PyramidReader::from_index(store.clone(), slide, built.mpp, index);
    let side_um = |pixels: u32| f64::from(pixels) * built.mpp.get();
    let plan = OverviewPlan {
        size_um: (
            side_um(built.facts.size.width),
            side_um(built.facts.size.height),
        ),
        most_pixels: MAX_PIXELS,
    };
    let overview = Overview::read(&reader, plan)
        .await
        .context("cannot read an overview of the slide")?;
    let mask = spawn_blocking(move || segment(&overview)).await?;
    mask.context("the tissue mask is impossible")
}
