use anyhow::{Context, Result};
use encoder::{Encoder, RgbTile};
use flow::Instance;
use futures::future::try_join_all;
use pyramid::{PyramidError, PyramidReader, RgbImage};
use rayon::prelude::*;
use tissue::BlurMeter;

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

    /// Decodes and resamples the tiles, on all cores, and tells how sharp each is while it is at hand.
    pub(crate) fn render(&self, meter: Option<&BlurMeter>) -> Result<Rendered> {
        let measured = |strip: &Strip| {
            let blur_of = |tile: &RgbImage| meter.and_then(|meter| meter.blur_um(&tile.pixels));
            let tiles = strip.render()?.into_iter();
            Ok(tiles.map(|tile| (blur_of(&tile), tile)).collect())
        };
        let strips: Vec<Vec<(Option<f32>, RgbImage)>> = self
            .strips
            .par_iter()
            .map(measured)
            .collect::<Result<_, PyramidError>>()
            .context("cannot render the slide's tiles")?;
        let (blur_um, tiles) = strips.into_iter().flatten().unzip();
        Ok(Rendered { tiles, blur_um })
    }
}

/// Tiles as the encoder sees them.
pub(crate) struct Rendered {
    tiles: Vec<RgbImage>,
    /// Of each tile; `None` where it cannot be told.
    pub(crate) blur_um: Vec<Option<f32>>,
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
