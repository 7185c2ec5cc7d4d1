use std::sync::Arc;

use anyhow::{Result, bail};
use encoder::Encoder;
use flow::{SlideShared, SlideTiled, Stage};
use step::{Demand, Ended, noting_progress};
use tokio_util::sync::CancellationToken;

use crate::devices::are_all_lost;
use crate::{EmbedConfig, EmbedDeps, EmbedOutcome, embed_slide, help_embed};

/// Embeds every slide that gets tiled, one at a time on all cores or devices, until `shutdown`;
/// while none waits, chunks of those that others embed. Several installations take turns, slide by
/// slide: an urgent one goes before the routine ones of its own installation alone.
///
/// # Errors
/// If the last device failed. The slide at hand is handed back to other workers as if nothing had
/// been tried: it is not at fault.
pub async fn run(
    config: EmbedConfig,
    encoder: Arc<Encoder>,
    installations: Vec<EmbedDeps>,
    shutdown: CancellationToken,
) -> Result<()> {
    let demands = installations.into_iter().map(demand).collect();
    let end = shutdown.child_token();
    let handle = |deps: &EmbedDeps, message: SlideTiled| {
        let (deps, encoder, end) = (deps.clone(), Arc::clone(&encoder), end.clone());
        async move {
            let slide = message.slide;
            let embedded = noting_progress(&deps.catalog, slide, |progress| {
                embed_slide(&deps, config, slide, &encoder, progress)
            });
            let embedded = embedded.await;
            end_without_devices(&encoder, &embedded, &end).await;
            Ok(match embedded? {
                EmbedOutcome::GaveWay => Ended::GaveWay,
                EmbedOutcome::Embedded | EmbedOutcome::Held(_) | EmbedOutcome::Stopped => {
                    Ended::Done
                }
            })
        }
    };
    let help = |deps: &EmbedDeps, hint: SlideShared| {
        let (deps, encoder, end) = (deps.clone(), Arc::clone(&encoder), end.clone());
        async move {
            let helped = help_embed(&deps, config, &hint, &encoder).await;
            end_without_devices(&encoder, &helped, &end).await;
            helped
        }
    };
    step::work_or_help(Stage::Embed, demands, end.clone(), handle, help).await;
    if are_all_lost(&encoder) {
        bail!("no device is left to embed on: see the log for why they failed, and start again");
    }
    Ok(())
}

fn demand(deps: EmbedDeps) -> Demand<EmbedDeps, SlideTiled, SlideShared> {
    Demand {
        catalog: deps.catalog.clone(),
        messages: deps.queue.subscribe(),
        hints: deps.queue.subscribe(),
        deps,
    }
}

/// Where work failed for want of devices, it ends all and waits to be broken off itself: so the
/// attempt does not count.
async fn end_without_devices<T>(encoder: &Encoder, ended: &Result<T>, end: &CancellationToken) {
    if ended.is_err() && are_all_lost(encoder) {
        end.cancel();
        std::future::pending::<()>().await;
    }
}
