use std::sync::Arc;

use anyhow::{Result, bail};
use encoder::Encoder;
use flow::{SlideTiled, Stage};
use step::noting_progress;
use tokio_util::sync::CancellationToken;

use crate::devices::are_all_lost;
use crate::{EmbedConfig, EmbedDeps, embed_slide};

/// Embeds every slide that gets tiled, one at a time on all cores or devices, until `shutdown`.
///
/// # Errors
/// If the last device failed. The slide at hand is handed back to other workers as if nothing had
/// been tried: it is not at fault.
pub async fn run(
    config: EmbedConfig,
    encoder: Arc<Encoder>,
    deps: EmbedDeps,
    shutdown: CancellationToken,
) -> Result<()> {
    let consumer = deps.queue.subscribe::<SlideTiled>();
    let catalog = deps.catalog.clone();
    let end = shutdown.child_token();
    let handle = |message: SlideTiled| {
        let (deps, encoder, end) = (deps.clone(), Arc::clone(&encoder), end.clone());
        async move {
            let slide = message.slide;
            let embedded = noting_progress(&deps.catalog, slide, |progress| {
                embed_slide(&deps, config, slide, &encoder, progress)
            });
            let embedded = embedded.await;
            if embedded.is_err() && are_all_lost(&encoder) {
                end.cancel();
                // Broken off here, the attempt does not count.
                std::future::pending::<()>().await;
            }
            embedded?;
            Ok(())
        }
    };
    step::work(Stage::Embed, consumer, catalog, end.clone(), handle).await;
    if are_all_lost(&encoder) {
        bail!("no device is left to embed on: see the log for why they failed, and start again");
    }
    Ok(())
}
