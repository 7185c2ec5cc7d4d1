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

/// How long the encoder computed.
pub(crate) async fn compute_all(
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
