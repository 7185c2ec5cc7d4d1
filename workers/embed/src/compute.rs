use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use encoder::Encoder;
use futures::{Stream, StreamExt, stream};
use telemetry::BatchWork;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::task::spawn_blocking;

use crate::batch::Rendered;
use crate::busy::Busy;
use crate::devices::DeviceWatch;

/// What is known of the tiles of a batch.
pub(crate) struct EmbeddedTiles {
    /// One embedding after another.
    pub(crate) embeddings: Vec<f32>,
    pub(crate) blur_um: Vec<Option<f32>>,
}

/// How long the encoder computed.
pub(crate) async fn compute_all(
    encoder: Arc<Encoder>,
    batches: Receiver<Rendered>,
    computed: Sender<EmbeddedTiles>,
) -> Result<Duration> {
    let (mut busy, mut devices) = (Busy::default(), DeviceWatch::begin(&encoder));
    let calls = received(batches).map(|batch| {
        let encoder = Arc::clone(&encoder);
        spawn_blocking(move || compute_one(&encoder, batch))
    });
    // In the order of the batches, whichever device is done first.
    let mut calls = calls.buffered(encoder.feed().calls);
    while let Some(call) = calls.next().await {
        devices.look(&encoder);
        let Computed {
            tiles,
            began,
            ended,
        } = call??;
        busy.add(began, ended);
        if computed.send(tiles).await.is_err() {
            break;
        }
    }
    Ok(busy.total())
}

fn received<T>(mut receiver: Receiver<T>) -> impl Stream<Item = T> {
    stream::poll_fn(move |context| receiver.poll_recv(context))
}

/// A batch, and when it was computed.
struct Computed {
    tiles: EmbeddedTiles,
    began: Instant,
    ended: Instant,
}

fn compute_one(encoder: &Encoder, batch: Rendered) -> Result<Computed> {
    let began = Instant::now();
    let embeddings = batch.embed(encoder)?;
    let ended = Instant::now();
    telemetry::batch_done(BatchWork::Infer, ended - began);
    telemetry::tiles_embedded(batch.n_tiles() as u64);
    let blur_um = batch.blur_um;
    Ok(Computed {
        tiles: EmbeddedTiles {
            embeddings,
            blur_um,
        },
        began,
        ended,
    })
}
