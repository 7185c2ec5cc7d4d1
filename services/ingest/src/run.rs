use flow::{SlideReceived, Stage};
use step::noting_progress;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{IngestConfig, IngestDeps, TilingConfig, resume, sweep, tile_slide, watch};

/// Tiles what is received, takes what is dropped into the watched folder, announces again what is
/// unfinished, and looks after uploads that were left alone, until `shutdown`.
pub async fn run(config: IngestConfig, deps: IngestDeps, shutdown: CancellationToken) {
    let mut parts = JoinSet::new();
    for _ in 0..config.tiling.n_slides_at_once.max(1) {
        parts.spawn(tile_all(
            config.tiling.clone(),
            deps.clone(),
            shutdown.clone(),
        ));
    }
    parts.spawn(sweep::run(
        config.sweep_every,
        deps.clone(),
        shutdown.clone(),
    ));
    parts.spawn(resume::sweep(
        config.uploads,
        config.patient_pictures,
        config.sweep_every,
        deps.clone(),
        shutdown.clone(),
    ));
    if let Some(watched) = config.watch {
        parts.spawn(watch::run(watched, config.patient_pictures, deps, shutdown));
    }
    parts.join_all().await;
}

async fn tile_all(config: TilingConfig, deps: IngestDeps, shutdown: CancellationToken) {
    let consumer = deps.queue.subscribe::<SlideReceived>();
    let catalog = deps.catalog.clone();
    let handle = |message: SlideReceived| {
        let (deps, config) = (deps.clone(), config.clone());
        async move {
            let slide = message.slide;
            let tiled = noting_progress(&deps.catalog, slide, |progress| {
                tile_slide(&deps, config, slide, progress)
            });
            tiled.await?;
            Ok(())
        }
    };
    step::work(Stage::Tile, consumer, catalog, shutdown, handle).await;
}
