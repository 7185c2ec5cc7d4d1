use std::sync::Arc;

use anyhow::Result;
use encoder::Encoder;
use flow::{ObjectKey, SlideShared};

use crate::embed::stopped;
use crate::plan::Plan;
use crate::{EmbedConfig, EmbedDeps};

/// Chunks embedded for another worker before this one looks whether a slide waits for it.
const CHUNKS_PER_HINT: usize = 4;

/// Embeds some chunks of a slide that is in another worker's hands. That worker waits for them, and
/// makes the bag.
///
/// Where nothing is left to do, or another encoder is asked for, nothing is done.
pub async fn help_embed(
    deps: &EmbedDeps,
    config: EmbedConfig,
    hint: &SlideShared,
    encoder: &Arc<Encoder>,
) -> Result<()> {
    let bag = ObjectKey::Bag(hint.slide, hint.encoder);
    if encoder.reference().hash != hint.encoder || deps.store.exists(&bag).await? {
        return Ok(());
    }
    tokio::select! {
        biased;
        () = stopped(&deps.catalog, hint.slide) => Ok(()),
        helped = help(deps, config, hint, encoder) => helped,
    }
}

async fn help(
    deps: &EmbedDeps,
    config: EmbedConfig,
    hint: &SlideShared,
    encoder: &Arc<Encoder>,
) -> Result<()> {
    // The slide's own worker tells people how far it has come.
    let progress = Arc::new(|_| {});
    // One that cannot be embedded is held by its own worker.
    if let Ok(plan) = Plan::of(deps, config, hint.slide, encoder, progress).await? {
        plan.some_chunks(CHUNKS_PER_HINT).await?;
    }
    Ok(())
}
