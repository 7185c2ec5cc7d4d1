use anyhow::{Context, Result};
use encoder::{Encoder, RgbTile};
use flow::Instance;
use futures::future::try_join_all;
use pyramid::{PyramidReader, RgbImage};
use rayon::prelude::*;

use crate::TileSpec;
use crate::strip::{Strip, runs};

/// Tiles whose compressed frames and pixels are in memory at once (twice over, for the next batch
/// is fetched while one is embedded): about 20 MB.
pub(crate) const TILES_PER_BATCH: usize = 64;

/// Some tiles of a chunk, read from storage and not yet decoded.
pub(crate) struct Batch {
    strips: Vec<Strip>,
}

impl Batch {
    pub(crate) async fn fetch(
        reader: &PyramidReader,
        tiles: &[Instance],
        spec: TileSpec,
    ) -> Result<Self> {
        let runs = runs(tiles, spec.tile_um());
        let strips = runs
            .into_iter()
            .map(|run| Strip::fetch(reader, &tiles[run], spec));
        let strips = try_join_all(strips)
            .await
            .context("cannot read the slide's tiles")?;
        Ok(Self { strips })
    }

    /// Renders and embeds the tiles, on all cores; one embedding after another.
    pub(crate) fn embed(&self, encoder: &Encoder) -> Result<Vec<f32>> {
        let rendered: Vec<Vec<RgbImage>> = self
            .strips
            .par_iter()
            .map(Strip::render)
            .collect::<Result<_, _>>()
            .context("cannot render the slide's tiles")?;
        let tiles: Vec<RgbTile<'_>> = rendered
            .iter()
            .flatten()
            .map(|image| RgbTile {
                pixels: &image.pixels,
                side: image.size.width,
            })
            .collect();
        encoder
            .embed(&tiles)
            .context("cannot embed the slide's tiles")
    }
}
