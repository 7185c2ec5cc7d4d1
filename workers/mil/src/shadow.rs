//! Tasks in shadow: what they say of stored bags, apart from all that people see.

use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::Utc;
use flow::{GivenCovariates, HeadPrecision, Prediction, SlideId};
use mil::Task;
use store::Bag;
use tokio::task::spawn_blocking;
use tracing::warn;

use crate::MilDeps;
use crate::answer::{ask, without_evidence};
use crate::facts::slide_facts;
use crate::observation::{Seen, observe, sketch_of};
use crate::result_objects::{result_name, stored_prediction};

/// Scores the slide's bag with each of `tasks`. One that fails takes nothing from the results that are
/// shown: it is told in the log, and asked again when the tasks or their standings change.
pub(crate) async fn score_in_shadow(deps: &MilDeps, slide: SlideId, tasks: &[&Arc<Task>]) {
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

async fn one_task(deps: &MilDeps, slide: SlideId, task: &Arc<Task>) -> Result<()> {
    let known = deps.catalog.covariates(slide).await?;
    let name = result_name(task, known.revision);
    let recorded = deps.catalog.shadow_results(slide).await?;
    if recorded.iter().any(|result| result.name() == name) {
        return Ok(());
    }
    // Of one that was active before there is a result in storage.
    let (prediction, seen) = match stored_prediction(&deps.store, slide, &name).await? {
        Some(prediction) => (prediction, None),
        None => {
            let (prediction, seen) = scored(deps, slide, task, &known).await?;
            (prediction, Some(seen))
        }
    };
    deps.catalog
        .record_shadow_result(slide, &prediction)
        .await?;
    observe(deps, &prediction, seen, Utc::now()).await
}

/// The call with its figures and without its evidence, which nobody looks at.
async fn scored(
    deps: &MilDeps,
    slide: SlideId,
    task: &Arc<Task>,
    known: &GivenCovariates,
) -> Result<(Prediction, Seen)> {
    let bag = Bag::read(&deps.store, slide, task.encoder_hash())
        .await
        .context("cannot read the slide's bag")?;
    let facts = slide_facts(&deps.store, &bag.header, task, &known.values).await?;
    let covariates = result_name(task, known.revision).covariates;
    let task = task.in_precision(HeadPrecision::of_bag(bag.header.precision));
    let scored = spawn_blocking(move || {
        let (scores, abstention) = ask(&task, &bag, &facts)?;
        let sketch = sketch_of(&bag);
        let scanner = facts.scanner;
        let prediction = without_evidence(&task, bag.header, covariates, scores, abstention);
        anyhow::Ok((prediction, Seen { scanner, sketch }))
    });
    scored.await?
}
