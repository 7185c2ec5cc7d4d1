use std::sync::Arc;

use flow::{SlideEmbedded, Stage};
use mil::Task;
use step::noting_progress;
use tokio_util::sync::CancellationToken;

use crate::{MilDeps, score_slide};

/// Scores every slide that gets embedded, until `shutdown`.
pub async fn run(tasks: Arc<[Task]>, deps: MilDeps, shutdown: CancellationToken) {
    let consumer = deps.queue.subscribe::<SlideEmbedded>();
    let catalog = deps.catalog.clone();
    let handle = |message: SlideEmbedded| {
        let (deps, tasks) = (deps.clone(), Arc::clone(&tasks));
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
