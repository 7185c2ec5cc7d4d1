use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use encoder::Encoder;
use flow::{BagChunkRef, BagHeader, HoldReason, ObjectKey, SlideId, SlideManifest};
use pyramid::PyramidReader;
use step::ProgressSink;

use crate::bag_in_work::BagInWork;
use crate::chunk::Chunks;
use crate::pipeline::Pipeline;
use crate::share::Share;
use crate::{EmbedConfig, EmbedDeps, TileLayout, TileSpec, lay_out};

/// The bag that is to be made of a slide, and what makes it.
pub(crate) struct Plan {
    pub(crate) manifest: SlideManifest,
    pub(crate) layout: TileLayout,
    pub(crate) pipeline: Pipeline,
}

/// A bag whose chunks are all in storage.
pub(crate) struct WholeBag {
    /// In order.
    pub(crate) chunks: Vec<BagChunkRef>,
    /// Of each tile, in the order of the layout.
    pub(crate) blur_um: Vec<Option<f32>>,
    /// How long the encoder of this worker computed.
    pub(crate) busy: Duration,
}

/// Time between two looks whether the chunks that others are at are in storage.
const LOOK_EVERY: Duration = Duration::from_millis(500);

impl Plan {
    /// Or why the slide cannot be embedded so.
    pub(crate) async fn of(
        deps: &EmbedDeps,
        config: EmbedConfig,
        slide: SlideId,
        encoder: &Arc<Encoder>,
        progress: ProgressSink,
    ) -> Result<Result<Self, HoldReason>> {
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
        let hash = encoder.reference().hash;
        let pipeline = Pipeline {
            reader: PyramidReader::open_with(&deps.store, &manifest).await?,
            encoder: Arc::clone(encoder),
            spec,
            chunks: Chunks {
                store: deps.store.clone(),
                slide,
                encoder: hash,
                dimension: encoder.dimension(),
            },
            share: Share::of(config.sharing, deps, slide, hash),
            progress,
        };
        Ok(Ok(Self {
            manifest,
            layout,
            pipeline,
        }))
    }

    /// Every chunk of the bag, from storage where it lies there already.
    pub(crate) async fn every_chunk(&self) -> Result<WholeBag> {
        let mut bag = BagInWork::of(&self.layout);
        for chunk in bag.missing() {
            if let Some(stored) = self.pipeline.chunks.stored(chunk).await? {
                bag.has(chunk.number, stored);
            }
        }
        let mut busy = Duration::ZERO;
        loop {
            busy += self.pipeline.embed_missing(&mut bag, usize::MAX).await?;
            if let Some(chunks) = bag.whole() {
                let blur_um = self.blur(&bag).await?;
                return Ok(WholeBag {
                    chunks,
                    blur_um,
                    busy,
                });
            }
            // Other workers are at the rest.
            self.look_for_chunks_of_others(&mut bag).await?;
        }
    }

    /// Embeds some of the chunks that are nobody's, at most so many.
    pub(crate) async fn some_chunks(&self, most: usize) -> Result<()> {
        let mut bag = BagInWork::of(&self.layout);
        self.pipeline.embed_missing(&mut bag, most).await?;
        Ok(())
    }

    async fn blur(&self, bag: &BagInWork<'_>) -> Result<Vec<Option<f32>>> {
        let mut blur_um = Vec::with_capacity(bag.n_tiles());
        for &chunk in bag.wanted_all() {
            match bag.blur(chunk.number) {
                Some(known) => blur_um.extend(known),
                None => blur_um.extend(self.pipeline.chunks.blur(chunk).await?),
            }
        }
        Ok(blur_um)
    }

    async fn look_for_chunks_of_others(&self, bag: &mut BagInWork<'_>) -> Result<()> {
        let Pipeline { share, chunks, .. } = &self.pipeline;
        let said_to_be_there = bag.missing_among(&share.stored_chunks().await?);
        if said_to_be_there.is_empty() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        for chunk in said_to_be_there {
            match chunks.stored(chunk).await? {
                Some(stored) => bag.has(chunk.number, stored),
                None => share.not_stored(chunk.number).await?,
            }
        }
        Ok(())
    }

    pub(crate) fn header(&self, chunks: Vec<BagChunkRef>) -> BagHeader {
        let Pipeline { encoder, spec, .. } = &self.pipeline;
        BagHeader {
            slide: self.manifest.slide,
            pyramid: self.manifest.pyramid,
            encoder: encoder.reference().clone(),
            precision: encoder.compute().precision(),
            device: encoder.compute().device().kind(),
            dimension: encoder.dimension(),
            mpp: spec.mpp,
            untrained_mpp: encoder.config().untrained_mpp(),
            encoder_terms: Some(encoder.config().terms()),
            tile_um: self.layout.tile_um,
            columns: self.layout.columns,
            rows: self.layout.rows,
            n_instances: self.layout.instances.len() as u64,
            chunks,
        }
    }
}

async fn read_manifest(deps: &EmbedDeps, slide: SlideId) -> Result<SlideManifest> {
    let bytes = deps.store.get(&ObjectKey::SlideManifest(slide)).await?;
    serde_json::from_slice(&bytes).context("the slide's manifest cannot be read")
}
