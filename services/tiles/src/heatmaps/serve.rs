use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use colouring::{Colouring, Indexed, Scale};
use flow::{Mpp, PixelRect, TileIndex};
use http::{Access, ApiError, Path, Query};
use telemetry::{TileMaking, TilePath};

use super::grid::Grid;
use super::selection::{AskedVersion, LayerName, LayerValues};
use crate::deep_zoom::{DeepZoom, DeepZoomLevel, parse_level, parse_tile_index};
use crate::error::TilesError;
use crate::palette_png;
use crate::state::TilesState;
use crate::tiled_slide::TiledSlide;
use http::{EntityTag, Freshness, Reply};

/// Side of a heatmap tile, whatever the slide's own tiles measure.
const TILE: u32 = 256;

/// `{task}/{layer}.json` and `{task}/{layer}.png`.
pub(crate) async fn layer(
    State(state): State<Arc<TilesState>>,
    access: Access,
    Path((id, task, file)): Path<(String, String, String)>,
    Query(version): Query<AskedVersion>,
    Query(colouring): Query<Colouring>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (layer, kind) = file.rsplit_once('.').ok_or(TilesError::NoSuchAddress)?;
    let name = name(&id, &task, layer)?;
    state.first_read.require(&access, name.slide).await?;
    let asked = Asked::read(&state, name, version, colouring).await?;
    match kind {
        "json" => Ok(asked.grid(&headers).await?),
        "png" => Ok(asked.cells(&headers)?),
        _ => Err(TilesError::NoSuchAddress.into()),
    }
}

/// `{task}/{layer}/{level}/{column}_{row}.png`, in the slide's own Deep Zoom levels.
pub(crate) async fn tile(
    State(state): State<Arc<TilesState>>,
    Path((id, task, layer, level, file)): Path<(String, String, String, String, String)>,
    access: Access,
    Query(version): Query<AskedVersion>,
    Query(colouring): Query<Colouring>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let level = parse_level(&level).ok_or(TilesError::NoSuchAddress)?;
    let index = file.strip_suffix(".png").and_then(parse_tile_index);
    let index = index.ok_or(TilesError::NoSuchAddress)?;
    let name = name(&id, &task, &layer)?;
    state.first_read.require(&access, name.slide).await?;
    let asked = Asked::read(&state, name, version, colouring).await?;
    let tile = asked.tile(&state, level, index, &headers).await?;
    Ok(state.metrics.serve(TilePath::Heatmap, tile))
}

/// A layer of a slide, and how it shall be shown.
struct Asked {
    slide: Arc<TiledSlide>,
    name: LayerName,
    freshness: Freshness,
    colouring: Colouring,
    layer: Arc<LayerValues>,
}

impl Asked {
    async fn read(
        state: &TilesState,
        name: LayerName,
        version: AskedVersion,
        colouring: Colouring,
    ) -> Result<Self, TilesError> {
        let colouring = colouring.checked()?;
        let slide = state.slides.get(name.slide).await?;
        let layer = state.heatmaps.get(&name, &version).await?;
        Ok(Self {
            slide,
            name,
            freshness: match state.first_read.is_off() {
                true => version.freshness(),
                // Neither we nor a browser that several share may answer without looking who asks.
                false => Freshness::Revalidate,
            },
            colouring,
            layer,
        })
    }

    async fn grid(&self, headers: &HeaderMap) -> Result<Response, TilesError> {
        let reply = self.reply("application/json", "json");
        if let Some(response) = reply.if_held(headers) {
            return Ok(response);
        }
        let mpp = self.slide.manifest().await?.mpp;
        let grid = Grid::new(&self.name, &self.layer, mpp);
        Ok(reply.with(serde_json::to_string(&grid)?))
    }

    fn cells(&self, headers: &HeaderMap) -> Result<Response, TilesError> {
        let reply = self.reply("image/png", &format!("cells-{}", self.colouring));
        if let Some(response) = reply.if_held(headers) {
            return Ok(response);
        }
        let scale = self.colouring.scale(&self.layer.heatmap, self.name.layer);
        let picture = colouring::cells(&self.layer.heatmap, &scale);
        Ok(reply.with(png(&picture, &scale)?))
    }

    async fn tile(
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

    async fn drawn(&self, rect: PixelRect, mpp: Mpp) -> Result<bytes::Bytes, TilesError> {
        let (layer, name) = (Arc::clone(&self.layer), self.name.layer);
        let colouring = self.colouring;
        let draw = move || {
            let heatmap = &layer.heatmap;
            let scale = colouring.scale(heatmap, name);
            let cell_px = heatmap.cell_um / mpp.get();
            let picture = colouring::tile(heatmap, &scale, colouring.smoothing(), rect, cell_px);
            png(&picture, &scale)
        };
        Ok(tokio::task::spawn_blocking(draw).await??.into())
    }

    fn reply(&self, content_type: &'static str, what: &str) -> Reply {
        let tag = EntityTag::new(format_args!(
            "{}-{}-{}-{}-{what}",
            self.slide.tag, self.name.task, self.layer.version, self.name.layer
        ));
        Reply::new(content_type, self.freshness, tag)
    }
}

fn name(slide: &str, task: &str, layer: &str) -> Result<LayerName, TilesError> {
    let not_there = |_unreadable| TilesError::NoSuchAddress;
    Ok(LayerName {
        slide: slide.parse().map_err(not_there)?,
        task: task.parse().map_err(not_there)?,
        layer: layer.parse().map_err(not_there)?,
    })
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
