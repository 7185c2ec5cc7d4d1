use anyhow::{Context, Result};
use encoder::{Encoder, RgbTile};
use flow::Instance;
use futures::future::try_join_all;
use pyramid::{PyramidReader, RgbImage};
use rayon::prelude::*;

use crate::TileSpec;
use crate::strip::{Strip, runs};

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

    /// Decodes and resamples the tiles, on all cores.
    pub(crate) fn render(&self) -> Result<Rendered> {
        let strips = self.strips.par_iter().map(Strip::render);
        let strips: Vec<Vec<RgbImage>> = strips
            .collect::<Result<_, _>>()
            .context("cannot render the slide's tiles")?;
        Ok(Rendered {
            tiles: strips.into_iter().flatten().collect(),
        })
    }
}

/// Tiles as the encoder sees them.
pub(crate) struct Rendered {
    tiles: Vec<RgbImage>,
}

impl Rendered {
    pub(crate) fn n_tiles(&self) -> usize {
        self.tiles.len()
    }

    /// One embedding after another.
    pub(crate) fn embed(&self, encoder: &Encoder) -> Result<Vec<f32>> {
        let tiles = self.tiles.iter().map(|image| RgbTile {
            pixels: &image.pixels,
            side: image.size.width,
        });
        encoder
            .embed(&tiles.collect::<Vec<_>>())
            .context("cannot embed the slide's tiles")
    }
}
