//! Scores the tiles of slides that are still being embedded, each tile alone, for people to watch.
//!
//! What a tile says alone does not change when the others come, so these values are final; attention,
//! and what the slide is called, are not known before the bag is whole. Nothing depends on this: what
//! fails is tried again, and forgotten once the slide has gone on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use catalog::{Catalog, Page, ScoredChunk, SlideRow, Standing, TileScore};
use flow::{
    BagChunk, BagHeader, CovariateRevision, HeadPrecision, INSTANCES_PER_CHUNK, ObjectKey,
    Progress, Sha256Digest, SlideId, SlideStatus, Stage,
};
use mil::{Answers, AnyTask, Task};
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
    tasks: watch::Receiver<Arc<[AnyTask]>>,
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
        let here = of_here(&tasks.borrow());
        if let Err(error) = live.look(&here).await {
            let error: &dyn std::error::Error = &*error;
            debug!(error, "tiles of slides in work could not be scored");
        }
    }
}

/// By the encoder whose bags they read.
type ShownTasks = BTreeMap<Sha256Digest, Vec<Arc<Task>>>;

/// A service is asked once, about the whole bag.
fn of_here(tasks: &[AnyTask]) -> Vec<Arc<Task>> {
    let heads = tasks.iter().filter_map(|task| match task {
        AnyTask::Heads(task) => Some(Arc::clone(task)),
        AnyTask::Service(_) => None,
    });
    heads.collect()
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
        if in_work.is_empty() {
            return Ok(());
        }
        let shown = shown(&self.deps.catalog, tasks).await?;
        for (slide, n_embedded) in in_work {
            self.score_new_chunks(slide, n_embedded, &shown).await?;
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
        shown: &ShownTasks,
    ) -> Result<()> {
        for (&encoder, tasks) in shown {
            let seen = self.seen.entry(slide).or_default();
            let seen = seen.entry(encoder).or_default();
            if seen.len() >= n_embedded {
                continue;
            }
            let Some(precision) = head_precision(&self.deps, slide, encoder).await? else {
                continue;
            };
            let tasks = tasks.iter().map(|t| Arc::new(t.in_precision(precision)));
            let tasks: Vec<Arc<Task>> = tasks.collect();
            let missing = (0..).filter(|chunk| !seen.contains(chunk));
            for number in missing.take(AHEAD).collect::<Vec<u32>>() {
                let key = ObjectKey::BagChunk(slide, encoder, number);
                if let Some(chunk) = self.deps.store.find(&key).await? {
                    let chunk = Arc::new(BagChunk::decode(&chunk)?);
                    score_chunk(&self.deps.catalog, slide, number, &chunk, &tasks).await?;
                    seen.insert(number);
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

/// Those whose answers people see.
async fn shown(catalog: &Catalog, tasks: &[Arc<Task>]) -> Result<ShownTasks> {
    let standings = catalog.model_standings().await?;
    let mut shown = ShownTasks::new();
    for task in tasks.iter().filter(|task| shows_tiles(task)) {
        let encoder = task.encoder_hash();
        if standings.of(task.reference(), encoder) == Standing::Shown {
            shown.entry(encoder).or_default().push(Arc::clone(task));
        }
    }
    Ok(shown)
}

async fn score_chunk(
    catalog: &Catalog,
    slide: SlideId,
    number: u32,
    chunk: &Arc<BagChunk>,
    tasks: &[Arc<Task>],
) -> Result<()> {
    for task in tasks {
        let (scoring, chunk) = (Arc::clone(task), Arc::clone(chunk));
        let scores = spawn_blocking(move || tiles_alone(&scoring, &chunk)).await??;
        let scored = ScoredChunk {
            slide,
            // A task that reads no covariates has the same results whatever is given.
            result: result_name(
                &AnyTask::Heads(Arc::clone(task)),
                CovariateRevision::default(),
            ),
            chunk: number,
        };
        catalog.note_tile_scores(&scored, &scores).await?;
    }
    Ok(())
}

/// In which the whole bag will be scored: what was to be done stands in storage before the first
/// chunk. `None` of an encoder that has not begun with the slide.
async fn head_precision(
    deps: &MilDeps,
    slide: SlideId,
    encoder: Sha256Digest,
) -> Result<Option<HeadPrecision>> {
    let plan = deps.store.find(&ObjectKey::BagPlan(slide, encoder)).await?;
    let plan = plan.map(|plan| serde_json::from_slice::<BagHeader>(&plan));
    Ok(plan
        .transpose()?
        .map(|p| HeadPrecision::of_bag(p.precision)))
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
