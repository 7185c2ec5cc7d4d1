use std::sync::Arc;

use flow::{SlideEmbedded, Stage};
use mil::AnyTask;
use step::noting_progress;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{MilDeps, catch_up, live, score_slide};

/// Scores every slide that gets embedded, those that are when a task comes in, and tiles of those
/// that are being embedded, until `shutdown`.
pub async fn run(
    tasks: watch::Receiver<Arc<[AnyTask]>>,
    deps: MilDeps,
    shutdown: CancellationToken,
) {
    let caught_up = catch_up::run(tasks.clone(), deps.clone(), shutdown.clone());
    let watched = live::run(tasks.clone(), deps.clone(), shutdown.clone());
    tokio::join!(caught_up, watched, work(tasks, deps, shutdown));
}

async fn work(tasks: watch::Receiver<Arc<[AnyTask]>>, deps: MilDeps, shutdown: CancellationToken) {
    let consumer = deps.queue.subscribe::<SlideEmbedded>();
    let catalog = deps.catalog.clone();
    let handle = |message: SlideEmbedded| {
        let (deps, tasks) = (deps.clone(), Arc::clone(&tasks.borrow()));
        async move {
            let slide = message.slide;
            let scored = noting_progress(&deps.catalog, slide, |progress| {
                score_slide(&deps, slide, message.encoder, &tasks, progress)
            });
            scored.await?;
            Ok(())
        }
    };
    step::work(Stage::Score, consumer, catalog, shutdown, handle).await;
}
