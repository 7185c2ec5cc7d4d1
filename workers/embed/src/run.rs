use std::sync::Arc;

use encoder::Encoder;
use flow::{SlideTiled, Stage};
use step::noting_progress;
use tokio_util::sync::CancellationToken;

use crate::{EmbedConfig, EmbedDeps, embed_slide};

/// Embeds every slide that gets tiled, one at a time on all cores, until `shutdown`.
pub async fn run(
    config: EmbedConfig,
    encoder: Arc<Encoder>,
    deps: EmbedDeps,
    shutdown: CancellationToken,
) {
    let consumer = deps.queue.subscribe::<SlideTiled>();
    let catalog = deps.catalog.clone();
    let handle = |message: SlideTiled| {
        let (deps, encoder) = (deps.clone(), Arc::clone(&encoder));
        async move {
            let slide = message.slide;
            let embedded = noting_progress(&deps.catalog, slide, |progress| {
                embed_slide(&deps, config, slide, &encoder, progress)
            });
            embedded.await?;
            Ok(())
        }
    };
    step::work(Stage::Embed, consumer, catalog, shutdown, handle).await;
}
