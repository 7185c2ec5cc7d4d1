use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use colouring::Colouring;
use flow::{HeatmapLayer, SlideId, TaskId};
use http::{Access, ApiError, Freshness, Path, Query};
use serde::Serialize;
use telemetry::TilePath;

use super::address::{LayerFile, parse_layer_tile};
use super::grid::Grid;
use super::selection::{AskedVersion, LayerName};
use super::shown::{LayerKind, Shown};
use crate::error::TilesError;
use crate::state::TilesState;

/// `{task}/{layer}.json` and `{task}/{layer}.png`.
pub(crate) async fn layer(
    State(state): State<Arc<TilesState>>,
    access: Access,
    Path((id, task, file)): Path<(String, String, String)>,
    Query(version): Query<AskedVersion>,
    Query(colouring): Query<Colouring>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (layer, kind) = LayerFile::parse(&file)?;
    let name = name(&id, &task, layer)?;
    state.first_read.require(&access, name.slide).await?;
    let asked = Asked::read(&state, name, version, colouring).await?;
    match kind {
        LayerFile::Json => Ok(asked.grid(&headers).await?),
        LayerFile::Png => Ok(asked.shown.cells(&headers)?),
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
    let (level, index) = parse_layer_tile(&level, &file)?;
    let name = name(&id, &task, &layer)?;
    state.first_read.require(&access, name.slide).await?;
    let asked = Asked::read(&state, name, version, colouring).await?;
    let tile = asked.shown.tile(&state, level, index, &headers).await?;
    Ok(state.metrics.serve(TilePath::Heatmap, tile))
}

/// A layer of a result, and how it shall be shown.
struct Asked {
    name: LayerName,
    shown: Shown,
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
        let shown = Shown {
            tag: format!("{}-{}-{}", name.task, layer.version, name.layer),
            slide,
            kind: LayerKind::Result(name.layer),
            layer,
            freshness: match state.first_read.is_off() {
                true => version.freshness(),
                // Neither we nor a browser that several share may answer without looking who asks.
                false => Freshness::Revalidate,
            },
            colouring,
        };
        Ok(Self { name, shown })
    }

    async fn grid(&self, headers: &HeaderMap) -> Result<Response, TilesError> {
        let reply = self.shown.reply("application/json", "json");
        if let Some(response) = reply.if_held(headers) {
            return Ok(response);
        }
        let mpp = self.shown.slide.manifest().await?.mpp;
        let layer = ResultLayer {
            slide: self.name.slide,
            task: &self.name.task,
            layer: self.name.layer,
            version: &self.shown.layer.version,
            grid: Grid::new(&self.shown.layer.heatmap, mpp),
        };
        Ok(reply.with(serde_json::to_string(&layer)?))
    }
}

/// A layer's values and where they lie, for a page that colours them itself.
#[derive(Serialize)]
struct ResultLayer<'a> {
    slide: SlideId,
    task: &'a TaskId,
    layer: HeatmapLayer,
    /// As `?v=` it asks for this very result.
    version: &'a str,
    #[serde(flatten)]
    grid: Grid,
}

fn name(slide: &str, task: &str, layer: &str) -> Result<LayerName, TilesError> {
    let not_there = |_unreadable| TilesError::NoSuchAddress;
    Ok(LayerName {
        slide: slide.parse().map_err(not_there)?,
        task: task.parse().map_err(not_there)?,
        layer: layer.parse().map_err(not_there)?,
    })
}
