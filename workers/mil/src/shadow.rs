//! Tasks in shadow: what they say of stored bags, apart from all that people see.

use std::time::Instant;

use anyhow::{Context, Result};
use catalog::MeteredKind;
use flow::{GivenCovariates, HeadPrecision, Prediction, SlideId};
use mil::{AnyTask, Task};
use store::Bag;
use tokio::task::spawn_blocking;
use tracing::warn;

use crate::MilDeps;
use crate::answer::{Maker, ask, without_evidence};
use crate::facts::{slide_facts, slide_manifest};
use crate::made::Made;
use crate::observation::{Seen, sketch_of};
use crate::result_objects::{result_name, stored_prediction};
use crate::service::ask_service;

/// Scores the slide's bag with each of `tasks`. One that fails takes nothing from the results that are
/// shown: it is told in the log, and asked again when the tasks or their standings change.
pub(crate) async fn score_in_shadow(deps: &MilDeps, slide: SlideId, tasks: &[&AnyTask]) {
    for task in tasks {
        if let Err(error) = one_task(deps, slide, task).await {
            let error: &dyn std::error::Error = &*error;
            let task = task.reference();
            warn!(
                error, slide.id = %slide, task.id = %task.id, task.version = %task.version,
                "a task in shadow could not score a slide"
            );
        }
    }
}

async fn one_task(deps: &MilDeps, slide: SlideId, task: &AnyTask) -> Result<()> {
    let known = deps.catalog.covariates(slide).await?;
    let name = result_name(task, known.revision);
    let recorded = deps.catalog.shadow_results(slide).await?;
    if recorded.iter().any(|result| result.name() == name) {
        return Ok(());
    }
    // Of one that was active before there is a result in storage.
    let made = match stored_prediction(&deps.store, slide, &name).await? {
        Some(prediction) => Some(Made::before(prediction)),
        None => made(deps, slide, task, &known).await?,
    };
    let Some(made) = made else {
        return Ok(());
    };
    let prediction = made.note(deps, MeteredKind::Shadow).await?;
    let recording = deps.catalog.record_shadow_result(slide, &prediction);
    recording.await?;
    Ok(())
}

/// The call with its figures and without its evidence, which nobody looks at; `None` of a service that
/// gives none.
async fn made(
    deps: &MilDeps,
    slide: SlideId,
    task: &AnyTask,
    known: &GivenCovariates,
) -> Result<Option<Made>> {
    let maker = Maker::of(task);
    Ok(match task {
        AnyTask::Heads(task) => {
            let began = Instant::now();
            let (prediction, seen) = scored(deps, slide, task, known).await?;
            Some(Made {
                prediction,
                seconds: Some(began.elapsed().as_secs_f64()),
                seen: Some(seen),
            })
        }
        AnyTask::Service(task) => ask_service(deps, slide, task).await?.map(|said| {
            let (seen, header) = (said.seen(), said.bag.header);
            Made {
                prediction: without_evidence(maker, header, None, said.scores, said.abstention),
                seconds: Some(said.seconds),
                seen: Some(seen),
            }
        }),
    })
}

async fn scored(
    deps: &MilDeps,
    slide: SlideId,
    task: &Task,
    known: &GivenCovariates,
) -> Result<(Prediction, Seen)> {
    let bag = Bag::read(&deps.store, slide, task.encoder_hash())
        .await
        .context("cannot read the slide's bag")?;
    let manifest = slide_manifest(&deps.store, slide).await?;
    let scanner = manifest.scanner.clone();
    let plan = task.file().covariates.as_ref();
    let facts = slide_facts(manifest, &bag.header, plan, &known.values);
    let covariates = plan.is_some().then_some(known.revision);
    let task = task.in_precision(HeadPrecision::of_bag(bag.header.precision));
    let scored = spawn_blocking(move || {
        let (scores, abstention) = ask(&task, &bag, &facts)?;
        let sketch = sketch_of(&bag);
        let maker = Maker::of(&task.into());
        let prediction = without_evidence(maker, bag.header, covariates, scores, abstention);
        anyhow::Ok((prediction, Seen { scanner, sketch }))
    });
    scored.await?
}
