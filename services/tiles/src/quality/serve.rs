use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use colouring::Colouring;
use flow::{
    QualityLayer, QualityLimits, QualityRecord, QualitySummary, QualityUnit, Sha256Digest, SlideId,
    ValueRange,
};
use http::{ApiError, EntityTag, Path, Query, Reply};
use serde::Serialize;
use telemetry::TilePath;

use super::selection::AskedEncoder;
use crate::error::TilesError;
use crate::heatmaps::{Grid, LayerFile, LayerKind, Shown, parse_layer_tile};
use crate::state::TilesState;

/// `quality`: which layers there are, from which value on each flags a tile, and how many it flags.
pub(crate) async fn overview(
    State(state): State<Arc<TilesState>>,
    Path(id): Path<SlideId>,
    Query(asked): Query<AskedEncoder>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let slide = state.slides.get(id).await?;
    let record = state.quality.record(id, &asked).await?;
    let encoder = record.encoder.short();
    let tag = EntityTag::new(format_args!("{}-quality-{encoder}", slide.tag));
    let reply = Reply::new("application/json", asked.freshness(), tag);
    if let Some(response) = reply.if_held(&headers) {
        return Ok(response);
    }
    let json = serde_json::to_string(&QualityOverview::of(&record)).map_err(TilesError::from)?;
    Ok(reply.with(json))
}

/// `quality/{layer}.json` and `quality/{layer}.png`.
pub(crate) async fn layer(
    State(state): State<Arc<TilesState>>,
    Path((id, file)): Path<(String, String)>,
    Query(asked): Query<AskedEncoder>,
    Query(colouring): Query<Colouring>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (layer, kind) = LayerFile::parse(&file)?;
    let asked = Asked::read(&state, (&id, layer), &asked, colouring).await?;
    match kind {
        LayerFile::Json => Ok(asked.grid(&headers).await?),
        LayerFile::Png => Ok(asked.shown.cells(&headers)?),
    }
}

/// `quality/{layer}/{level}/{column}_{row}.png`, in the slide's own Deep Zoom levels.
pub(crate) async fn tile(
    State(state): State<Arc<TilesState>>,
    Path((id, layer, level, file)): Path<(String, String, String, String)>,
    Query(asked): Query<AskedEncoder>,
    Query(colouring): Query<Colouring>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (level, index) = parse_layer_tile(&level, &file)?;
    let asked = Asked::read(&state, (&id, &layer), &asked, colouring).await?;
    let tile = asked.shown.tile(&state, level, index, &headers).await?;
    Ok(state.metrics.serve(TilePath::Heatmap, tile))
}

/// A layer, and how it shall be shown.
struct Asked {
    record: Arc<QualityRecord>,
    layer: QualityLayer,
    shown: Shown,
}

impl Asked {
    async fn read(
        state: &TilesState,
        (slide, layer): (&str, &str),
        asked: &AskedEncoder,
        colouring: Colouring,
    ) -> Result<Self, TilesError> {
        let layer: QualityLayer = layer.parse().map_err(|_other| TilesError::NoSuchAddress)?;
        let colouring = colouring.checked()?;
        let slide = state.slide(slide).await?;
        let record = state.quality.record(slide.id(), asked).await?;
        let values = state.quality.layer(&record, layer).await?;
        let shown = Shown {
            tag: format!(
                "quality-{}-{layer}-{}",
                record.encoder.short(),
                values.version
            ),
            slide,
            layer: values,
            kind: LayerKind::Quality(layer),
            freshness: asked.freshness(),
            colouring,
        };
        Ok(Self {
            record,
            layer,
            shown,
        })
    }

    async fn grid(&self, headers: &HeaderMap) -> Result<Response, TilesError> {
        let reply = self.shown.reply("application/json", "json");
        if let Some(response) = reply.if_held(headers) {
            return Ok(response);
        }
        let mpp = self.shown.slide.manifest().await?.mpp;
        let values = QualityValues {
            slide: self.record.slide,
            encoder: self.record.encoder,
            about: LayerView::of(self.layer, &self.record.limits),
            grid: Grid::new(&self.shown.layer.heatmap, mpp),
        };
        Ok(reply.with(serde_json::to_string(&values)?))
    }
}

#[derive(Serialize)]
struct QualityOverview<'a> {
    slide: SlideId,
    /// Over whose tiles.
    encoder: Sha256Digest,
    summary: &'a QualitySummary,
    layers: Vec<LayerView>,
}

impl<'a> QualityOverview<'a> {
    fn of(record: &'a QualityRecord) -> Self {
        let view = |layer| LayerView::of(layer, &record.limits);
        Self {
            slide: record.slide,
            encoder: record.encoder,
            summary: &record.summary,
            layers: QualityLayer::ALL.map(view).into(),
        }
    }
}

/// What a layer's values are.
#[derive(Serialize)]
struct LayerView {
    layer: QualityLayer,
    unit: QualityUnit,
    /// From which value on a tile is flagged; `null` of a layer that flags none by itself.
    limit: Option<f32>,
    /// The ends of its colours.
    usual_range: ValueRange,
}

impl LayerView {
    const fn of(layer: QualityLayer, limits: &QualityLimits) -> Self {
        Self {
            layer,
            unit: layer.unit(),
            limit: limits.of(layer),
            usual_range: layer.usual_range(),
        }
    }
}

/// A layer's values and where they lie, as those of a heatmap.
#[derive(Serialize)]
struct QualityValues {
    slide: SlideId,
    encoder: Sha256Digest,
    #[serde(flatten)]
    about: LayerView,
    #[serde(flatten)]
    grid: Grid,
}
