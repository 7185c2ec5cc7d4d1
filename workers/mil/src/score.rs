use anyhow::Result;
use catalog::{MeteredKind, ModelStandings, Standing};
use flow::{
    GivenCovariates, Prediction, Progress, Sha256Digest, SlideId, SlideScored, SlideStatus, Stage,
};
use mil::AnyTask;
use step::ProgressSink;
use tracing::debug;

use crate::MilDeps;
use crate::here::score_here;
use crate::made::Made;
use crate::result_objects::{result_name, stored_prediction};
use crate::service::ask_service;
use crate::service_result::put_result;
use crate::shadow::score_in_shadow;

/// Scores the bag that `encoder` made of the slide with each of `tasks` that reads such bags.
///
/// What is in storage already is recorded and announced again, and not redone. A task that reads
/// covariates reads those that were given last, and scores again by new ones. Once every task was
/// asked, and any has its result, the slide's status is `scored`. A slide of which nobody knows which it
/// is, is not scored. It stays `embedded` where none of them reads such bags: a laboratory may embed its
/// slides to train its first task on them.
///
/// Tasks that are services are asked after the others, so that none waits for them. One that gives no
/// result takes nothing from the others: why is noted in the catalog, and it is asked again when that
/// says so.
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
    tasks: &[AnyTask],
    progress: ProgressSink,
) -> Result<Vec<Prediction>> {
    let mine = tasks.iter().filter(|task| task.encoder_hash() == encoder);
    let mut mine: Vec<&AnyTask> = mine.collect();
    mine.sort_by_key(|task| matches!(task, AnyTask::Service(_)));
    let standings = deps.catalog.model_standings().await?;
    let are = |standing| in_standing(&mine, &standings, standing);
    let predictions = score_shown(deps, slide, &are(Standing::Shown), progress).await?;
    score_in_shadow(deps, slide, &are(Standing::Shadow)).await;
    Ok(predictions)
}

fn in_standing<'a>(
    tasks: &[&'a AnyTask],
    standings: &ModelStandings,
    standing: Standing,
) -> Vec<&'a AnyTask> {
    let of_task = |task: &AnyTask| standings.of(task.reference(), task.encoder_hash());
    let tasks = tasks.iter().filter(|task| of_task(task) == standing);
    tasks.copied().collect()
}

async fn score_shown(
    deps: &MilDeps,
    slide: SlideId,
    mine: &[&AnyTask],
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
    if predictions.is_empty() {
        return Ok(predictions);
    }
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
    tasks: &[&AnyTask],
    known: &GivenCovariates,
    progress: &ProgressSink,
) -> Result<Vec<Prediction>> {
    let mut predictions = Vec::new();
    for (done, task) in tasks.iter().enumerate() {
        progress(tasks_done(done, tasks.len()));
        predictions.extend(one_task(deps, slide, task, known).await?);
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

/// `None` of a service that gives no result.
async fn one_task(
    deps: &MilDeps,
    slide: SlideId,
    task: &AnyTask,
    known: &GivenCovariates,
) -> Result<Option<Prediction>> {
    let name = result_name(task, known.revision);
    let made = match stored_prediction(&deps.store, slide, &name).await? {
        Some(prediction) => Some(Made::before(prediction)),
        None => made(deps, slide, task, known).await?,
    };
    let Some(made) = made else {
        return Ok(None);
    };
    let prediction = made.note(deps, MeteredKind::Scored).await?;
    deps.catalog.record_prediction(slide, &prediction).await?;
    Ok(Some(prediction))
}

async fn made(
    deps: &MilDeps,
    slide: SlideId,
    task: &AnyTask,
    known: &GivenCovariates,
) -> Result<Option<Made>> {
    Ok(match task {
        AnyTask::Heads(task) => Some(score_here(deps, slide, task, known).await?),
        AnyTask::Service(task) => match ask_service(deps, slide, task).await? {
            Some(said) => Some(put_result(deps, task, said).await?),
            None => None,
        },
    })
}
