use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use encoder::Encoder;
use flow::{BagChunkRef, Instance, Progress, Stage};
use futures::{Stream, StreamExt, stream};
use pyramid::PyramidReader;
use step::ProgressSink;
use telemetry::BatchWork;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::spawn_blocking;

use crate::batch::{Batch, Rendered};
use crate::busy::Busy;
use crate::chunk::{Chunks, INSTANCES_PER_CHUNK};
use crate::devices::DeviceWatch;
use crate::{TileLayout, TileSpec};

/// Embeds a layout chunk by chunk. While one batch is computed (or one a device, and one made ready
/// for them), the next is decoded and the one after it fetched, and no more: four batches are in
/// memory at most beside those that are computed, whatever the slide.
pub(crate) struct Pipeline {
    pub(crate) reader: PyramidReader,
    pub(crate) encoder: Arc<Encoder>,
    pub(crate) spec: TileSpec,
    pub(crate) chunks: Chunks,
    pub(crate) progress: ProgressSink,
}

impl Pipeline {
    /// Every chunk of the bag in order, from storage where it lies there already; and how long the
    /// encoder computed.
    pub(crate) async fn run(&self, layout: &TileLayout) -> Result<(Vec<BagChunkRef>, Duration)> {
        let wanted: Vec<&[Instance]> = layout.instances.chunks(INSTANCES_PER_CHUNK).collect();
        let mut chunks = Vec::with_capacity(wanted.len());
        for (number, instances) in (0..).zip(&wanted) {
            chunks.push(self.chunks.stored(number, instances).await?);
        }
        let busy = self.compute(&wanted, &mut chunks).await?;
        Ok((chunks.into_iter().flatten().collect(), busy))
    }

    async fn compute(
        &self,
        wanted: &[&[Instance]],
        chunks: &mut [Option<BagChunkRef>],
    ) -> Result<Duration> {
        let missing: Vec<usize> = (0..chunks.len())
            .filter(|&at| chunks[at].is_none())
            .collect();
        // Between two steps waits one batch.
        let (batches, to_render) = mpsc::channel(1);
        let (rendered, to_compute) = mpsc::channel(1);
        let (computed, embeddings) = mpsc::channel(1);
        let rendering = spawn_blocking(move || render_all(to_render, &rendered));
        let computing = tokio::spawn(compute_all(Arc::clone(&self.encoder), to_compute, computed));
        let (fetched, stored) = tokio::join!(
            self.fetch_all(wanted, &missing, batches),
            self.store_all(wanted, &missing, chunks, embeddings),
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
        wanted: &[&[Instance]],
        missing: &[usize],
        batches: Sender<Batch>,
    ) -> Result<()> {
        let per_batch = self.encoder.feed().tiles;
        for &number in missing {
            for tiles in wanted[number].chunks(per_batch) {
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

    async fn store_all(
        &self,
        wanted: &[&[Instance]],
        missing: &[usize],
        chunks: &mut [Option<BagChunkRef>],
        mut computed: Receiver<Vec<f32>>,
    ) -> Result<()> {
        let total: usize = wanted.iter().map(|instances| instances.len()).sum();
        let mut done = total - missing.iter().map(|&at| wanted[at].len()).sum::<usize>();
        self.report(done, total);
        for &number in missing {
            let instances = wanted[number];
            let mut embeddings = Vec::with_capacity(instances.len() * self.width());
            while embeddings.len() < instances.len() * self.width() {
                let Some(batch) = computed.recv().await else {
                    bail!("the embedding ended before the last tile");
                };
                done += batch.len() / self.width();
                embeddings.extend(batch);
                self.report(done, total);
            }
            let stored = self
                .chunks
                .put(number as u32, instances, embeddings)
                .await?;
            chunks[number] = Some(stored);
        }
        Ok(())
    }

    fn width(&self) -> usize {
        self.encoder.dimension() as usize
    }

    fn report(&self, done: usize, total: usize) {
        (self.progress)(Progress {
            stage: Stage::Embed,
            done: done as u64,
            total: total as u64,
        });
    }
}

fn render_all(mut batches: Receiver<Batch>, rendered: &Sender<Rendered>) -> Result<()> {
    while let Some(batch) = batches.blocking_recv() {
        let began = Instant::now();
        let tiles = batch.render()?;
        telemetry::batch_done(BatchWork::Decode, began.elapsed());
        if rendered.blocking_send(tiles).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// How long the encoder computed.
async fn compute_all(
    encoder: Arc<Encoder>,
    batches: Receiver<Rendered>,
    computed: Sender<Vec<f32>>,
) -> Result<Duration> {
    let (mut busy, mut devices) = (Busy::default(), DeviceWatch::begin(&encoder));
    let calls = received(batches).map(|batch| {
        let encoder = Arc::clone(&encoder);
        spawn_blocking(move || compute_one(&encoder, &batch))
    });
    // In the order of the batches, whichever device is done first.
    let mut calls = calls.buffered(encoder.feed().calls);
    while let Some(call) = calls.next().await {
        devices.look(&encoder);
        let Computed {
            embeddings,
            began,
            ended,
        } = call??;
        busy.add(began, ended);
        if computed.send(embeddings).await.is_err() {
            break;
        }
    }
    Ok(busy.total())
}

fn received<T>(mut receiver: Receiver<T>) -> impl Stream<Item = T> {
    stream::poll_fn(move |context| receiver.poll_recv(context))
}

/// The embeddings of a batch, and when they were computed.
struct Computed {
    embeddings: Vec<f32>,
    began: Instant,
    ended: Instant,
}

fn compute_one(encoder: &Encoder, batch: &Rendered) -> Result<Computed> {
    let began = Instant::now();
    let embeddings = batch.embed(encoder)?;
    let ended = Instant::now();
    telemetry::batch_done(BatchWork::Infer, ended - began);
    telemetry::tiles_embedded(batch.n_tiles() as u64);
    Ok(Computed {
        embeddings,
        began,
        ended,
    })
}
