use std::sync::Arc;

use encoder::Encoder;
use flow::{SlideShared, SlideTiled, Stage};
use step::noting_progress;
use tokio_util::sync::CancellationToken;

use crate::{EmbedConfig, EmbedDeps, embed_slide, help_embed};

/// Embeds every slide that gets tiled, one at a time on all cores, until `shutdown`; while none
/// waits, chunks of those that others embed.
pub async fn run(
    config: EmbedConfig,
    encoder: Arc<Encoder>,
    deps: EmbedDeps,
    shutdown: CancellationToken,
) {
    let consumers = (deps.queue.subscribe(), deps.queue.subscribe());
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
    let help = |hint: SlideShared| {
        let (deps, encoder) = (deps.clone(), Arc::clone(&encoder));
        async move { help_embed(&deps, config, &hint, &encoder).await }
    };
    step::work_or_help(Stage::Embed, consumers, catalog, shutdown, handle, help).await;
}
