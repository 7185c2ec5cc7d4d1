//! Scores the tiles of slides that are still being embedded, each tile alone, for people to watch.
//!
//! What a tile says alone does not change when the others come, so these values are final; attention,
//! and what the slide is called, are not known before the bag is whole. Nothing depends on this: what
//! fails is tried again, and forgotten once the slide has gone on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use catalog::{Page, ScoredChunk, SlideRow, Standing, TileScore};
use flow::{
    BagChunk, BagHeader, CovariateRevision, HeadPrecision, INSTANCES_PER_CHUNK, ObjectKey,
    Progress, Sha256Digest, SlideId, SlideStatus, Stage,
};
use mil::{Answers, Task};
use store::StoreError;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::MilDeps;
use crate::result_objects::result_name;

/// Time between two looks for new chunks.
const EVERY: Duration = Duration::from_millis(500);
/// Slides that are looked at: whoever waits for one waits for a new one.
const NEWEST: u32 = 100;
/// Chunks that are looked for at a time. Those who embed a bag together take chunks in order, so
/// that the next one in storage is among the first that are not.
const AHEAD: usize = 8;

/// Follows what is being embedded until `shutdown`.
pub(crate) async fn run(
    tasks: watch::Receiver<Arc<[Arc<Task>]>>,
    deps: MilDeps,
    shutdown: CancellationToken,
) {
    let mut live = Live {
        deps,
        seen: HashMap::new(),
    };
    let mut looks = interval(EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(looks.tick()).await.is_some() {
        let now = Arc::clone(&tasks.borrow());
        if let Err(error) = live.look(&now).await {
            let error: &dyn std::error::Error = &*error;
            debug!(error, "tiles of slides in work could not be scored");
        }
    }
}

struct Live {
    deps: MilDeps,
    /// Chunks that are scored, of each slide in work and each encoder.
    seen: HashMap<SlideId, HashMap<Sha256Digest, HashSet<u32>>>,
}

impl Live {
    async fn look(&mut self, tasks: &[Arc<Task>]) -> Result<()> {
        let page = Page {
            after: None,
            limit: NEWEST,
        };
        let rows = self.deps.catalog.slides(page).await?;
        let in_work = rows
            .iter()
            .filter_map(|row| Some((row.id, chunks_embedded(row)?)));
        let in_work: BTreeMap<SlideId, usize> = in_work.collect();
        self.forget_others(&in_work).await?;
        for (slide, n_embedded) in in_work {
            self.score_new_chunks(slide, n_embedded, tasks).await?;
        }
        Ok(())
    }

    async fn forget_others(&mut self, in_work: &BTreeMap<SlideId, usize>) -> Result<()> {
        let gone = self
            .seen
            .keys()
            .filter(|slide| !in_work.contains_key(*slide));
        for slide in gone.copied().collect::<Vec<_>>() {
            self.deps.catalog.forget_tile_scores(slide).await?;
            self.seen.remove(&slide);
        }
        Ok(())
    }

    /// Asks the storage for no more than there can be in it.
    async fn score_new_chunks(
        &mut self,
        slide: SlideId,
        n_embedded: usize,
        tasks: &[Arc<Task>],
    ) -> Result<()> {
        let live: Vec<&Arc<Task>> = tasks.iter().filter(|task| shows_tiles(task)).collect();
        let encoders: BTreeSet<Sha256Digest> = live.iter().map(|t| t.encoder_hash()).collect();
        for encoder in encoders {
            let of_encoder = live.iter().filter(|task| task.encoder_hash() == encoder);
            let of_encoder: Vec<Arc<Task>> = of_encoder.copied().cloned().collect();
            let seen = self.seen.entry(slide).or_default();
            let seen = seen.entry(encoder).or_default();
            if seen.len() >= n_embedded {
                continue;
            }
            let missing = (0..).filter(|chunk| !seen.contains(chunk));
            for chunk in missing.take(AHEAD).collect::<Vec<u32>>() {
                if score_chunk(&self.deps, slide, encoder, chunk, &of_encoder).await? {
                    seen.insert(chunk);
                }
            }
        }
        Ok(())
    }
}

/// How many chunks can be in storage of a slide that is being embedded; `None` of any other.
fn chunks_embedded(row: &SlideRow) -> Option<usize> {
    match row.progress {
        Some(Progress {
            stage: Stage::Embed,
            done,
            total,
        }) if row.status == SlideStatus::Tiled => {
            let chunk = INSTANCES_PER_CHUNK as u64;
            let n = if done < total {
                done / chunk
            } else {
                total.div_ceil(chunk)
            };
            usize::try_from(n).ok()
        }
        _ => None,
    }
}

/// Which of several classes is called, and what covariates say, is known only in the end.
fn shows_tiles(task: &Task) -> bool {
    let file = task.file();
    !matches!(file.answers, Answers::Classes { .. }) && file.covariates.is_none()
}

/// `false` of a chunk that is not in storage yet.
async fn score_chunk(
    deps: &MilDeps,
    slide: SlideId,
    encoder: Sha256Digest,
    number: u32,
    tasks: &[Arc<Task>],
) -> Result<bool> {
    let key = ObjectKey::BagChunk(slide, encoder, number);
    let chunk = match deps.store.get(&key).await {
        Ok(bytes) => Arc::new(BagChunk::decode(&bytes)?),
        Err(StoreError::NotFound { .. }) => return Ok(false),
        Err(other) => return Err(other.into()),
    };
    let precision = head_precision(deps, slide, encoder).await?;
    let standings = deps.catalog.model_standings().await?;
    let is_shown = |task: &&Arc<Task>| standings.of(task.reference(), encoder) == Standing::Shown;
    for task in tasks.iter().filter(is_shown) {
        let (scoring, chunk) = (task.in_precision(precision), Arc::clone(&chunk));
        let scores = spawn_blocking(move || tiles_alone(&scoring, &chunk)).await??;
        let scored = ScoredChunk {
            slide,
            // A task that reads no covariates has the same results whatever is given.
            result: result_name(task, CovariateRevision::default()),
            chunk: number,
        };
        deps.catalog.note_tile_scores(&scored, &scores).await?;
    }
    Ok(true)
}

/// In which the whole bag will be scored: what was to be done stands in storage before the first
/// chunk.
async fn head_precision(
    deps: &MilDeps,
    slide: SlideId,
    encoder: Sha256Digest,
) -> Result<HeadPrecision> {
    let plan = deps.store.get(&ObjectKey::BagPlan(slide, encoder)).await?;
    let plan: BagHeader = serde_json::from_slice(&plan)?;
    Ok(HeadPrecision::of_bag(plan.precision))
}

fn tiles_alone(task: &Task, chunk: &BagChunk) -> Result<Vec<TileScore>> {
    let scores = task.score(&chunk.embeddings, chunk.dimension)?;
    let tiles = chunk.instances.iter().zip(scores.tile_probability);
    let tiles = tiles.map(|(at, probability)| TileScore {
        at: *at,
        probability,
    });
    Ok(tiles.collect())
}
