use std::sync::Arc;

use axum::http::HeaderMap;
use axum::response::Response;
use colouring::{Colouring, Indexed, Scale};
use flow::{Heatmap, HeatmapLayer, Mpp, PixelRect, QualityLayer, TileIndex};
use telemetry::TileMaking;

use crate::deep_zoom::{DeepZoom, DeepZoomLevel};
use crate::error::TilesError;
use crate::palette_png;
use crate::state::TilesState;
use crate::tiled_slide::TiledSlide;
use http::{EntityTag, Freshness, Reply};

/// Side of a heatmap tile, whatever the slide's own tiles measure.
const TILE: u32 = 256;

/// The values of a layer, and which result of the slide they belong to.
pub(crate) struct LayerValues {
    pub(crate) version: String,
    pub(crate) heatmap: Heatmap,
}

/// What the values of a layer are of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LayerKind {
    Result(HeatmapLayer),
    Quality(QualityLayer),
}

/// Values over a slide, and how they shall be shown.
pub(crate) struct Shown {
    pub(crate) slide: Arc<TiledSlide>,
    pub(crate) layer: Arc<LayerValues>,
    pub(crate) kind: LayerKind,
    /// Names the layer and its version among all of the slide.
    pub(crate) tag: String,
    pub(crate) freshness: Freshness,
    pub(crate) colouring: Colouring,
}

impl LayerKind {
    fn scale(self, colouring: &Colouring, heatmap: &Heatmap) -> Scale {
        match self {
            Self::Result(layer) => colouring.scale(heatmap, layer),
            Self::Quality(layer) => colouring.scale_between(layer.usual_range()),
        }
    }
}

impl Shown {
    /// As a picture of one pixel a cell.
    pub(crate) fn cells(&self, headers: &HeaderMap) -> Result<Response, TilesError> {
        let reply = self.reply("image/png", &format!("cells-{}", self.colouring));
        if let Some(response) = reply.if_held(headers) {
            return Ok(response);
        }
        let scale = self.kind.scale(&self.colouring, &self.layer.heatmap);
        let picture = colouring::cells(&self.layer.heatmap, &scale);
        Ok(reply.with(png(&picture, &scale)?))
    }

    /// As a tile in the slide's own Deep Zoom levels.
    pub(crate) async fn tile(
        &self,
        state: &TilesState,
        level: DeepZoomLevel,
        index: TileIndex,
        headers: &HeaderMap,
    ) -> Result<Response, TilesError> {
        let image = DeepZoom::new(self.slide.size(), TILE);
        let no_such_tile = || TilesError::NoSuchTile(self.slide.id());
        let rect = image.rect(level, index).ok_or_else(no_such_tile)?;
        let downsample = image.downsample(level).ok_or_else(no_such_tile)?;
        let TileIndex { column, row } = index;
        let what = format!("{}-{column}-{row}-{}", level.0, self.colouring);
        let reply = self.reply("image/png", &what);
        if let Some(response) = reply.if_held(headers) {
            return Ok(response);
        }
        let drawn = async {
            let mpp = self.slide.manifest().await?.mpp;
            self.drawn(rect, mpp.times(downsample as f64)).await
        };
        let bytes = state
            .rendition(self.slide.id(), reply.tag(), TileMaking::Coloured, drawn)
            .await?;
        Ok(reply.with(bytes))
    }

    pub(crate) fn reply(&self, content_type: &'static str, what: &str) -> Reply {
        let tag = EntityTag::new(format_args!("{}-{}-{what}", self.slide.tag, self.tag));
        Reply::new(content_type, self.freshness, tag)
    }

    async fn drawn(&self, rect: PixelRect, mpp: Mpp) -> Result<bytes::Bytes, TilesError> {
        let (layer, kind, colouring) = (Arc::clone(&self.layer), self.kind, self.colouring);
        let draw = move || {
            let heatmap = &layer.heatmap;
            let scale = kind.scale(&colouring, heatmap);
            let cell_px = heatmap.cell_um / mpp.get();
            let picture = colouring::tile(heatmap, &scale, colouring.smoothing(), rect, cell_px);
            png(&picture, &scale)
        };
        Ok(tokio::task::spawn_blocking(draw).await??.into())
    }
}

fn png(picture: &Indexed, scale: &Scale) -> Result<Vec<u8>, TilesError> {
    let clear = std::iter::once([0; 4]);
    let colours = scale.colours().into_iter().map(|[r, g, b]| [r, g, b, 255]);
    let palette: Vec<[u8; 4]> = clear.chain(colours).collect();
    Ok(palette_png::encode(
        picture.size,
        &picture.entries,
        &palette,
    )?)
}
