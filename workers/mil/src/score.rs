use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use catalog::{ModelStandings, Standing};
use chrono::Utc;
use flow::{
    CovariateRevision, Evidence, GivenCovariates, Prediction, Progress, Sha256Digest, SlideId,
    SlideScored, SlideStatus, Stage, StageTiming,
};
use mil::Task;
use step::ProgressSink;
use store::Bag;
use tokio::task::spawn_blocking;
use tracing::debug;

use crate::MilDeps;
use crate::answer::without_evidence;
use crate::evidence::{evidence, top_tiles};
use crate::facts::slide_facts;
use crate::flags::Flags;
use crate::observation::{Seen, observe};
use crate::result_objects::{put_heatmaps, put_prediction, result_name, stored_prediction};
use crate::scored::Scored;
use crate::shadow::score_in_shadow;

/// Scores the bag that `encoder` made of the slide with each of `tasks` that reads such bags.
///
/// What is in storage already is recorded and announced again, and not redone. A task that reads
/// covariates reads those that were given last, and scores again by new ones. Once every task has
/// its result the slide's status is `scored`. A slide of which nobody knows which it is, is not scored. It stays `embedded` where none of them reads such bags:
/// a laboratory may embed its slides to train its first task on them.
///
/// Tasks that are registered and not active make none of these results; those in shadow score the bag
/// as well, apart from them and after them.
///
/// # Errors
/// If the bag is missing or damaged.
pub async fn score_slide(
    deps: &MilDeps,
    slide: SlideId,
    encoder: Sha256Digest,
    tasks: &[Arc<Task>],
    progress: ProgressSink,
) -> Result<Vec<Prediction>> {
    let mine = tasks.iter().filter(|task| task.encoder_hash() == encoder);
    let mine: Vec<&Arc<Task>> = mine.collect();
    let standings = deps.catalog.model_standings().await?;
    let are = |standing| in_standing(&mine, &standings, standing);
    let predictions = score_shown(deps, slide, &are(Standing::Shown), progress).await?;
    score_in_shadow(deps, slide, &are(Standing::Shadow)).await;
    Ok(predictions)
}

fn in_standing<'a>(
    tasks: &[&'a Arc<Task>],
    standings: &ModelStandings,
    standing: Standing,
) -> Vec<&'a Arc<Task>> {
    let of_task = |task: &Task| standings.of(task.reference(), task.encoder_hash());
    let tasks = tasks.iter().filter(|task| of_task(task) == standing);
    tasks.copied().collect()
}

async fn score_shown(
    deps: &MilDeps,
    slide: SlideId,
    mine: &[&Arc<Task>],
    progress: ProgressSink,
) -> Result<Vec<Prediction>> {
    if mine.is_empty() {
        debug!("no task whose results are shown reads the bags of this encoder");
        return Ok(Vec::new());
    }
    if step::identity_hold(&deps.catalog, slide).await?.is_some() {
        debug!(slide.id = %slide, "it is not known which slide this is: it is not scored");
        return Ok(Vec::new());
    }
    let predictions = loop {
        let known = deps.catalog.covariates(slide).await?;
        let predictions = all_tasks(deps, slide, mine, &known, &progress).await?;
        // Who gave others meanwhile may have found no result yet to ask for anew.
        if deps.catalog.covariates(slide).await?.revision == known.revision {
            break predictions;
        }
    };
    step::advance(
        &deps.catalog,
        slide,
        &SlideStatus::Embedded,
        &SlideStatus::Scored,
    )
    .await?;
    for prediction in &predictions {
        let task = prediction.task.id.clone();
        deps.queue.publish(&SlideScored { slide, task }).await?;
    }
    Ok(predictions)
}

async fn all_tasks(
    deps: &MilDeps,
    slide: SlideId,
    tasks: &[&Arc<Task>],
    known: &GivenCovariates,
    progress: &ProgressSink,
) -> Result<Vec<Prediction>> {
    let mut predictions = Vec::new();
    for (done, task) in tasks.iter().enumerate() {
        progress(tasks_done(done, tasks.len()));
        predictions.push(one_task(deps, slide, task, known).await?);
    }
    progress(tasks_done(tasks.len(), tasks.len()));
    Ok(predictions)
}

fn tasks_done(done: usize, total: usize) -> Progress {
    Progress {
        stage: Stage::Score,
        done: done as u64,
        total: total as u64,
    }
}

async fn one_task(
    deps: &MilDeps,
    slide: SlideId,
    task: &Arc<Task>,
    known: &GivenCovariates,
) -> Result<Prediction> {
    let name = result_name(task, known.revision);
    let (prediction, seen) = match stored_prediction(&deps.store, slide, &name).await? {
        Some(prediction) => (prediction, None),
        None => {
            let (prediction, seen) = score(deps, slide, task, known).await?;
            (prediction, Some(seen))
        }
    };
    deps.catalog.record_prediction(slide, &prediction).await?;
    observe(deps, &prediction, seen, Utc::now()).await?;
    Ok(prediction)
}

async fn score(
    deps: &MilDeps,
    slide: SlideId,
    task: &Arc<Task>,
    known: &GivenCovariates,
) -> Result<(Prediction, Seen)> {
    let began = Instant::now();
    let bag = Bag::read(&deps.store, slide, task.encoder_hash())
        .await
        .context("cannot read the slide's bag")?;
    let facts = slide_facts(&deps.store, &bag.header, task, &known.values).await?;
    let flags = Flags::read(&deps.store, &bag).await?;
    let scanner = facts.scanner.clone();
    let scoring = Arc::clone(task);
    let scored = spawn_blocking(move || Scored::of(&scoring, bag, &facts, flags.as_ref()));
    let scored = scored.await??;
    let name = result_name(task, known.revision);
    put_heatmaps(&deps.store, &name, &scored).await?;
    let evidence_s = scored.evidence_s;
    let sketch = scored.sketch;
    let prediction = prediction(name.covariates, scored);
    put_prediction(&deps.store, &prediction).await?;
    let score_s = began.elapsed().as_secs_f64() - evidence_s;
    for (stage, wall_s) in [(Stage::Score, score_s), (Stage::Evidence, evidence_s)] {
        let timing = StageTiming::of_wall(stage, wall_s);
        step::record_timing(&deps.catalog, slide, timing).await?;
    }
    Ok((prediction, Seen { scanner, sketch }))
}

fn prediction(covariates: Option<CovariateRevision>, scored: Scored) -> Prediction {
    let Scored {
        task,
        bag,
        scores,
        abstention,
        explanation,
        without_flagged,
        ..
    } = scored;
    let top_tiles = top_tiles(
        bag.header.tile_um,
        &bag.instances,
        &scores.attention,
        &scores.tile_probability,
    );
    let evidence = Evidence {
        without_flagged,
        ..evidence(&bag, &scores, explanation)
    };
    Prediction {
        top_tiles,
        evidence: Some(evidence),
        ..without_evidence(&task, bag.header, covariates, scores, abstention)
    }
}
