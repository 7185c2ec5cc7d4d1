use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use catalog::Catalog;
use encoder::Encoder;
use flow::{
    BagChunkRef, BagHeader, HoldReason, ObjectKey, SlideEmbedded, SlideId, SlideManifest,
    SlideStatus, Stage, StageTiming,
};
use pyramid::PyramidReader;
use step::ProgressSink;

use crate::chunk::Chunks;
use crate::pipeline::Pipeline;
use crate::{EmbedDeps, TileLayout, TileSpec, lay_out};

#[derive(Clone, Copy, Debug)]
pub struct EmbedConfig {
    /// A tile is embedded if at least this share of it is tissue.
    pub min_tissue: f64,
}

impl Default for EmbedConfig {
    fn default() -> Self {
        Self { min_tissue: 0.1 }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum EmbedOutcome {
    /// The bag is in storage and announced.
    Embedded,
    /// The slide can be viewed, but not analysed with this encoder.
    Held(HoldReason),
    /// Somebody no longer wants it. The chunks that are in storage wait for the day they do.
    Stopped,
}

/// Time between two looks whether the analysis is still wanted.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Embeds a tiled slide: chunks, then the bag's header, then the status, then the announcement.
///
/// A bag in storage is announced again and not redone; one that was begun is finished.
pub async fn embed_slide(
    deps: &EmbedDeps,
    config: EmbedConfig,
    slide: SlideId,
    encoder: &Arc<Encoder>,
    progress: ProgressSink,
) -> Result<EmbedOutcome> {
    let hash = encoder.reference().hash;
    if !deps.store.exists(&ObjectKey::Bag(slide, hash)).await? {
        let began = Instant::now();
        let made = tokio::select! {
            biased;
            () = stopped(&deps.catalog, slide) => return Ok(EmbedOutcome::Stopped),
            made = make_bag(deps, config, slide, encoder, progress) => made?,
        };
        let busy = match made {
            Ok(busy) => busy,
            Err(reason) => return hold(deps, slide, reason).await,
        };
        let timing = StageTiming {
            stage: Stage::Embed,
            wall_s: began.elapsed().as_secs_f64(),
            busy_s: Some(busy.as_secs_f64()),
        };
        step::record_timing(&deps.catalog, slide, timing).await?;
    }
    step::advance(
        &deps.catalog,
        slide,
        &SlideStatus::Tiled,
        &SlideStatus::Embedded,
    )
    .await?;
    let announcement = SlideEmbedded {
        slide,
        encoder: hash,
    };
    deps.queue.publish(&announcement).await?;
    Ok(EmbedOutcome::Embedded)
}

/// Waits until the slide's analysis is stopped.
async fn stopped(catalog: &Catalog, slide: SlideId) {
    let stopped = SlideStatus::Held {
        reason: HoldReason::Stopped,
    };
    loop {
        // A catalog that does not answer now is asked again.
        let row = catalog.slide(slide).await.ok().flatten();
        if row.is_some_and(|row| row.status == stopped) {
            return;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn hold(deps: &EmbedDeps, slide: SlideId, reason: HoldReason) -> Result<EmbedOutcome> {
    let held = SlideStatus::Held {
        reason: reason.clone(),
    };
    step::advance(&deps.catalog, slide, &SlideStatus::Tiled, &held).await?;
    Ok(EmbedOutcome::Held(reason))
}

async fn make_bag(
    deps: &EmbedDeps,
    config: EmbedConfig,
    slide: SlideId,
    encoder: &Arc<Encoder>,
    progress: ProgressSink,
) -> Result<Result<Duration, HoldReason>> {
    let manifest = read_manifest(deps, slide).await?;
    let input = encoder.config().input;
    let spec = TileSpec {
        tile_px: input.tile_px,
        mpp: input.mpp,
    };
    let layout = match lay_out(&manifest, spec, config.min_tissue) {
        Ok(layout) => layout,
        Err(reason) => return Ok(Err(reason)),
    };
    let pipeline = Pipeline {
        reader: PyramidReader::open_with(&deps.store, &manifest).await?,
        encoder: Arc::clone(encoder),
        spec,
        chunks: Chunks {
            store: deps.store.clone(),
            slide,
            encoder: encoder.reference().hash,
            dimension: encoder.dimension(),
        },
        progress,
    };
    let (chunks, busy) = pipeline.run(&layout).await?;
    let header = header(&manifest, encoder, spec, &layout, chunks);
    let key = ObjectKey::Bag(slide, header.encoder.hash);
    deps.store
        .put(&key, serde_json::to_vec(&header)?.into())
        .await?;
    Ok(Ok(busy))
}

async fn read_manifest(deps: &EmbedDeps, slide: SlideId) -> Result<SlideManifest> {
    let bytes = deps.store.get(&ObjectKey::SlideManifest(slide)).await?;
    serde_json::from_slice(&bytes).context("the slide's manifest cannot be read")
}

fn header(
    slide: &SlideManifest,
    encoder: &Encoder,
    spec: TileSpec,
    layout: &TileLayout,
    chunks: Vec<BagChunkRef>,
) -> BagHeader {
    BagHeader {
        slide: slide.slide,
        pyramid: slide.pyramid,
        encoder: encoder.reference().clone(),
        precision: encoder.compute().precision(),
        device: encoder.compute().device().kind(),
        dimension: encoder.dimension(),
        mpp: spec.mpp,
        untrained_mpp: encoder.config().untrained_mpp(),
        encoder_terms: Some(encoder.config().terms()),
        tile_um: layout.tile_um,
        columns: layout.columns,
        rows: layout.rows,
        n_instances: layout.instances.len() as u64,
        chunks,
    }
}
