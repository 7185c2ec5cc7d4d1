use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog::{Catalog, ScoredChunk, TileScore};
use flow::{BagHeader, Heatmap, HeatmapLayer, ObjectKey, Sha256Digest, SlideId, SlideStatus};
use futures::future::try_join_all;
use http::{Access, ApiError, Json, Path};
use moka::future::Cache;
use serde::Serialize;
use store::Store;

use crate::error::TilesError;
use crate::state::TilesState;

/// Scores of chunks that are watched now; a chunk has about 12 kB.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// `heatmaps/so-far.json`: while a slide is being embedded, what each tile says alone of those that
/// are. Nothing of the slide as a whole is known then: no call, and no attention.
pub(crate) async fn so_far(
    State(state): State<Arc<TilesState>>,
    access: Access,
    Path(id): Path<SlideId>,
) -> Result<Response, ApiError> {
    state.first_read.require(&access, id).await?;
    let layers = state.so_far.layers(id).await?;
    let mut response = Json(SoFarView { layers }).into_response();
    let fresh = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, fresh);
    Ok(response)
}

#[derive(Debug, Serialize)]
struct SoFarView {
    /// One a task; none of a slide that is not being embedded, or whose first tiles are not there.
    layers: Vec<LayerSoFar>,
}

#[derive(Debug, Serialize)]
struct LayerSoFar {
    task: String,
    version: String,
    /// Whose values are final.
    layer: HeatmapLayer,
    n_tiles: usize,
    /// All that will be embedded.
    n_all: u64,
    cell_um: f64,
    columns: u32,
    rows: u32,
    /// Row by row, f32 little-endian in base64; NaN where no tile was looked at yet.
    values: String,
}

/// Reads what is scored of slides in work. A chunk's scores never change, so each is read once.
pub(crate) struct SoFar {
    store: Store,
    catalog: Catalog,
    chunks: Cache<ScoredChunk, Arc<[TileScore]>>,
}

impl SoFar {
    pub(crate) fn new(store: Store, catalog: Catalog) -> Self {
        let chunks = Cache::builder()
            .max_capacity(MAX_BYTES)
            .weigher(|_chunk, tiles: &Arc<[TileScore]>| {
                u32::try_from(size_of_val::<[TileScore]>(tiles) + 256).unwrap_or(u32::MAX)
            })
            .build();
        Self {
            store,
            catalog,
            chunks,
        }
    }

    async fn layers(&self, slide: SlideId) -> Result<Vec<LayerSoFar>, TilesError> {
        let row = self.catalog.slide(slide).await?;
        let row = row.ok_or(TilesError::NoSuchSlide(slide))?;
        if row.status != SlideStatus::Tiled {
            return Ok(Vec::new());
        }
        let mut by_result: BTreeMap<String, Vec<ScoredChunk>> = BTreeMap::new();
        for chunk in self.catalog.scored_chunks(slide).await? {
            let of_result = by_result.entry(chunk.result.to_string());
            of_result.or_default().push(chunk);
        }
        let layers = by_result.into_values();
        try_join_all(layers.map(|chunks| self.layer(slide, chunks))).await
    }

    /// `chunks` are of one result; at least one.
    async fn layer(
        &self,
        slide: SlideId,
        chunks: Vec<ScoredChunk>,
    ) -> Result<LayerSoFar, TilesError> {
        let result = chunks[0].result.clone();
        let plan = self.plan(slide, result.encoder).await?;
        let mut tiles = Vec::new();
        for chunk in chunks {
            let scores = self.tiles(chunk).await?;
            tiles.extend(
                scores
                    .iter()
                    .map(|tile| (plan.cell(&tile.at), tile.probability)),
            );
        }
        let n_tiles = tiles.len();
        let heatmap = Heatmap::lay(&plan, tiles);
        let bytes = heatmap.values.iter().flat_map(|value| value.to_le_bytes());
        Ok(LayerSoFar {
            task: result.task.to_string(),
            version: result.version.to_string(),
            layer: HeatmapLayer::Tile,
            n_tiles,
            n_all: plan.n_instances,
            cell_um: heatmap.cell_um,
            columns: heatmap.columns,
            rows: heatmap.rows,
            values: STANDARD.encode(bytes.collect::<Vec<u8>>()),
        })
    }

    async fn plan(&self, slide: SlideId, encoder: Sha256Digest) -> Result<BagHeader, TilesError> {
        let bytes = self.store.get(&ObjectKey::BagPlan(slide, encoder)).await?;
        serde_json::from_slice(&bytes).map_err(|source| TilesError::BagPlan { slide, source })
    }

    async fn tiles(&self, chunk: ScoredChunk) -> Result<Arc<[TileScore]>, TilesError> {
        let read = async {
            let tiles = self.catalog.tile_scores(&chunk).await?;
            Ok::<Arc<[TileScore]>, TilesError>(tiles.into())
        };
        let read = self.chunks.try_get_with_by_ref(&chunk, read);
        read.await.map_err(TilesError::Shared)
    }
}
