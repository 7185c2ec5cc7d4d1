use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use catalog::{Catalog, MeteredKind, NewMeteredWork};
use chrono::Utc;
use encoder::Encoder;
use flow::{
    HoldReason, ObjectKey, SlideEmbedded, SlideId, SlideStatus, SlideTiled, Stage, StageTiming,
    Urgency,
};
use step::ProgressSink;
use store::Bag;

use crate::plan::Plan;
use crate::quality::put_quality;
use crate::{EmbedDeps, Sharing};

#[derive(Clone, Copy, Debug)]
pub struct EmbedConfig {
    /// A tile is embedded if at least this share of it is tissue.
    pub min_tissue: f64,
    pub sharing: Sharing,
}

impl Default for EmbedConfig {
    fn default() -> Self {
        Self {
            min_tissue: 0.1,
            sharing: Sharing::Alone,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum EmbedOutcome {
    /// The bag is in storage and announced.
    Embedded,
    /// The slide can be viewed, but not analysed with this encoder.
    Held(HoldReason),
    /// Somebody no longer wants it. The chunks that are in storage wait for the day they do.
    Stopped,
    /// Somebody waits for another slide. The chunks that are in storage wait for this one's turn.
    GaveWay,
}

/// Time between two looks whether the analysis is still wanted.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Embeds a tiled slide: chunks, then the quality of their tiles, then the bag's header, then the
/// status, then the announcement.
///
/// A bag in storage is announced again and not redone; one that was begun is finished. A slide of which
/// nobody knows which it is, is not looked at.
pub async fn embed_slide(
    deps: &EmbedDeps,
    config: EmbedConfig,
    slide: SlideId,
    encoder: &Arc<Encoder>,
    progress: ProgressSink,
) -> Result<EmbedOutcome> {
    if let Some(reason) = step::identity_hold(&deps.catalog, slide).await? {
        return hold(deps, slide, reason).await;
    }
    let hash = encoder.reference().hash;
    let mut seconds = None;
    if !deps.store.exists(&ObjectKey::Bag(slide, hash)).await? {
        let began = Instant::now();
        let made = tokio::select! {
            biased;
            () = stopped(&deps.catalog, slide) => return Ok(EmbedOutcome::Stopped),
            () = more_urgent(deps, slide) => return Ok(EmbedOutcome::GaveWay),
            made = make_bag(deps, config, slide, encoder, progress) => made?,
        };
        let busy = match made {
            Ok(busy) => busy,
            Err(reason) => return hold(deps, slide, reason).await,
        };
        let timing = StageTiming {
            stage: Stage::Embed,
            wall_s: began.elapsed().as_secs_f64(),
            busy_s: Some(busy.as_secs_f64()),
        };
        step::record_timing(&deps.catalog, slide, timing).await?;
        seconds = timing.busy_s;
    }
    meter(deps, slide, encoder, seconds).await?;
    step::advance(
        &deps.catalog,
        slide,
        &SlideStatus::Tiled,
        &SlideStatus::Embedded,
    )
    .await?;
    let announcement = SlideEmbedded {
        slide,
        encoder: hash,
    };
    let urgency = deps.catalog.urgency(slide).await?;
    deps.queue.publish_as(urgency, &announcement).await?;
    Ok(EmbedOutcome::Embedded)
}

/// Counts the slide as embedded, also where whoever made the bag died before.
async fn meter(
    deps: &EmbedDeps,
    slide: SlideId,
    encoder: &Encoder,
    seconds: Option<f64>,
) -> Result<()> {
    let reference = encoder.reference();
    let bag = Bag::read_header(&deps.store, slide, reference.hash).await?;
    let work = NewMeteredWork {
        slide,
        kind: MeteredKind::Embedded,
        name: reference.name.clone(),
        version: None,
        model: reference.hash,
        n_tiles: bag.n_instances,
        seconds,
        done_at: Utc::now(),
    };
    Ok(step::meter(&deps.catalog, &work).await?)
}

/// Waits until the slide's analysis is stopped: by a person, or because nobody knows any more which
/// slide it is.
pub(crate) async fn stopped(catalog: &Catalog, slide: SlideId) {
    let stops = |status: &SlideStatus| match status {
        SlideStatus::Held { reason } => *reason == HoldReason::Stopped || reason.is_of_identity(),
        _ => false,
    };
    loop {
        // A catalog that does not answer now is asked again.
        let row = catalog.slide(slide).await.ok().flatten();
        if row.is_some_and(|row| stops(&row.status)) {
            return;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Waits until somebody waits for another slide, and nobody for this one.
///
/// Of many workers that look, each at its own moment of the second, the first takes the slide.
async fn more_urgent(deps: &EmbedDeps, slide: SlideId) {
    loop {
        // A queue or a catalog that does not answer now is asked again.
        let waits = deps.queue.urgent_waits::<SlideTiled>().await;
        if waits.unwrap_or(false)
            && let Ok(Urgency::Routine) = deps.catalog.urgency(slide).await
        {
            return;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn hold(deps: &EmbedDeps, slide: SlideId, reason: HoldReason) -> Result<EmbedOutcome> {
    let held = SlideStatus::Held {
        reason: reason.clone(),
    };
    step::advance(&deps.catalog, slide, &SlideStatus::Tiled, &held).await?;
    Ok(EmbedOutcome::Held(reason))
}

async fn make_bag(
    deps: &EmbedDeps,
    config: EmbedConfig,
    slide: SlideId,
    encoder: &Arc<Encoder>,
    progress: ProgressSink,
) -> Result<Result<Duration, HoldReason>> {
    let plan = match Plan::of(deps, config, slide, encoder, progress).await? {
        Ok(plan) => plan,
        Err(reason) => return Ok(Err(reason)),
    };
    // Whoever shows what is embedded so far must know how much there is to come.
    let intended = plan.header(Vec::new());
    let key = ObjectKey::BagPlan(slide, intended.encoder.hash);
    let json = serde_json::to_vec(&intended)?;
    deps.store.put(&key, json.into()).await?;
    let whole = plan.every_chunk().await?;
    let header = plan.header(whole.chunks);
    // Before the bag: whoever finds it finds this too.
    put_quality(&deps.store, &plan, &header, &whole.blur_um).await?;
    let key = ObjectKey::Bag(slide, header.encoder.hash);
    deps.store
        .put(&key, serde_json::to_vec(&header)?.into())
        .await?;
    plan.pipeline.share.forget().await?;
    Ok(Ok(whole.busy))
}
