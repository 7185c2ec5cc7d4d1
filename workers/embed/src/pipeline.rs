use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use encoder::Encoder;
use flow::{Progress, Stage};
use pyramid::PyramidReader;
use step::ProgressSink;
use telemetry::BatchWork;
use tissue::BlurMeter;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::spawn_blocking;

use crate::TileSpec;
use crate::bag_in_work::{BagInWork, WantedChunk, n_tiles};
use crate::batch::{Batch, Rendered};
use crate::chunk::Chunks;
use crate::compute::{EmbeddedTiles, compute_all};
use crate::share::Share;

/// Embeds chunks of a layout. While one batch is computed (or one a device, and one made ready for
/// them), the next is decoded and the one after it fetched, and no more: four batches are in memory
/// at most beside those that are computed, whatever the slide.
pub(crate) struct Pipeline {
    pub(crate) reader: PyramidReader,
    pub(crate) encoder: Arc<Encoder>,
    pub(crate) spec: TileSpec,
    pub(crate) chunks: Chunks,
    pub(crate) share: Share,
    pub(crate) progress: ProgressSink,
}

impl Pipeline {
    /// Embeds those missing chunks that this worker can take, at most so many, and how long the
    /// encoder computed.
    pub(crate) async fn embed_missing(
        &self,
        bag: &mut BagInWork<'_>,
        most: usize,
    ) -> Result<Duration> {
        let embedded = tokio::select! {
            embedded = self.compute(bag, most) => embedded,
            never = self.share.keep() => match never {},
        };
        if embedded.is_err() {
            self.share.release().await;
        }
        embedded
    }

    async fn compute(&self, bag: &mut BagInWork<'_>, most: usize) -> Result<Duration> {
        let missing = bag.missing();
        // Between two steps waits one batch.
        let (batches, to_render) = mpsc::channel(1);
        let (rendered, to_compute) = mpsc::channel(1);
        let (computed, embeddings) = mpsc::channel(1);
        let (taken, to_store) = mpsc::channel(1);
        let meter = BlurMeter::new(self.spec.tile_px, self.spec.mpp);
        let rendering = spawn_blocking(move || render_all(to_render, meter.as_ref(), &rendered));
        let computing = tokio::spawn(compute_all(Arc::clone(&self.encoder), to_compute, computed));
        let (fetched, stored) = tokio::join!(
            self.fetch_all(&missing, most, taken, batches),
            self.store_all(bag, to_store, embeddings),
        );
        // Where one of these two stopped early, all others only noticed that it did.
        rendering.await??;
        let busy = computing.await??;
        fetched?;
        stored?;
        Ok(busy)
    }

    async fn fetch_all(
        &self,
        missing: &[WantedChunk<'_>],
        most: usize,
        taken: Sender<u32>,
        batches: Sender<Batch>,
    ) -> Result<()> {
        let mut n_taken = 0;
        for (at, &chunk) in missing.iter().enumerate() {
            if n_taken == most {
                break;
            }
            if !self.take(chunk).await? {
                continue;
            }
            n_taken += 1;
            if at + 1 < missing.len() {
                self.share.call_for_help().await;
            }
            if taken.send(chunk.number).await.is_err() {
                return Ok(());
            }
            for tiles in chunk.instances.chunks(self.encoder.feed().tiles) {
                let began = Instant::now();
                let batch = Batch::fetch(&self.reader, tiles, self.spec).await?;
                telemetry::batch_done(BatchWork::Fetch, began.elapsed());
                if batches.send(batch).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn take(&self, chunk: WantedChunk<'_>) -> Result<bool> {
        if !self.share.take(chunk.number).await? {
            return Ok(false);
        }
        if matches!(self.share, Share::All) {
            return Ok(true);
        }
        // Another worker may have stored it, and been killed before it could say so.
        let stored = self.chunks.stored(chunk).await?;
        if stored.is_some() {
            self.share.stored(chunk.number).await?;
        }
        Ok(stored.is_none())
    }

    async fn store_all(
        &self,
        bag: &mut BagInWork<'_>,
        mut taken: Receiver<u32>,
        mut computed: Receiver<EmbeddedTiles>,
    ) -> Result<()> {
        let mut elsewhere = 0;
        self.report(bag, elsewhere);
        while let Some(number) = taken.recv().await {
            let chunk = bag.wanted(number);
            let n_values = chunk.instances.len() * self.width();
            let mut embeddings = Vec::with_capacity(n_values);
            let mut blur_um = Vec::with_capacity(chunk.instances.len());
            while embeddings.len() < n_values {
                let Some(batch) = computed.recv().await else {
                    bail!("the embedding ended before the last tile");
                };
                embeddings.extend(batch.embeddings);
                blur_um.extend(batch.blur_um);
                self.report(bag, elsewhere + embeddings.len() / self.width());
            }
            // First, so that no chunk is ever there without it.
            self.chunks.put_blur(number, &blur_um).await?;
            let stored = self.chunks.put(chunk, embeddings).await?;
            self.share.stored(number).await?;
            bag.has(number, stored);
            bag.has_blur(number, blur_um);
            elsewhere = n_tiles(&bag.missing_among(&self.share.stored_chunks().await?));
            self.report(bag, elsewhere);
        }
        Ok(())
    }

    fn width(&self) -> usize {
        self.encoder.dimension() as usize
    }

    /// `n_more` tiles are embedded beside those of the bag's chunks.
    fn report(&self, bag: &BagInWork<'_>, n_more: usize) {
        (self.progress)(Progress {
            stage: Stage::Embed,
            done: (bag.n_tiles_there() + n_more) as u64,
            total: bag.n_tiles() as u64,
        });
    }
}

fn render_all(
    mut batches: Receiver<Batch>,
    meter: Option<&BlurMeter>,
    rendered: &Sender<Rendered>,
) -> Result<()> {
    while let Some(batch) = batches.blocking_recv() {
        let began = Instant::now();
        let tiles = batch.render(meter)?;
        telemetry::batch_done(BatchWork::Decode, began.elapsed());
        if rendered.blocking_send(tiles).is_err() {
            return Ok(());
        }
    }
    Ok(())
}
