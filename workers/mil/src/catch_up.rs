use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use catalog::{Page, SlideRow};
use flow::{ObjectKey, Sha256Digest, SlideEmbedded, SlideStatus};
use mil::Task;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::MilDeps;
use crate::result_objects::result_name;

/// Slides in one page of the catalog.
const PAGE: u32 = 500;

/// Announces, now and whenever the tasks change, every embedded slide that lacks a task's result.
pub(crate) async fn run(
    mut tasks: watch::Receiver<Arc<[Arc<Task>]>>,
    deps: MilDeps,
    shutdown: CancellationToken,
) {
    loop {
        let now = Arc::clone(&tasks.borrow_and_update());
        if let Err(error) = catch_up(&deps, &now).await {
            let error: &dyn std::error::Error = &*error;
            warn!(
                error,
                "slides that lack a task's result could not be announced"
            );
        }
        match shutdown.run_until_cancelled(tasks.changed()).await {
            Some(Ok(())) => {}
            // Nobody is left who could change them.
            Some(Err(_)) | None => return,
        }
    }
}

async fn catch_up(deps: &MilDeps, tasks: &[Arc<Task>]) -> Result<()> {
    let mut after = None;
    loop {
        let page = Page { after, limit: PAGE };
        let rows = deps.catalog.slides(page).await?;
        for row in &rows {
            announce(deps, row, tasks).await?;
        }
        match rows.last() {
            Some(last) => after = Some(last.id),
            None => return Ok(()),
        }
    }
}

async fn announce(deps: &MilDeps, row: &SlideRow, tasks: &[Arc<Task>]) -> Result<()> {
    if !matches!(row.status, SlideStatus::Embedded | SlideStatus::Scored) {
        return Ok(());
    }
    let results = deps.catalog.predictions(row.id).await?;
    let covariates = deps.catalog.covariates(row.id).await?.revision;
    let is_lacking = |task: &&Arc<Task>| {
        let name = result_name(task, covariates);
        !results.iter().any(|result| result.name() == name)
    };
    let lacking = tasks.iter().filter(is_lacking);
    let encoders: BTreeSet<Sha256Digest> = lacking.map(|task| task.encoder_hash()).collect();
    for encoder in encoders {
        let slide = row.id;
        if deps.store.exists(&ObjectKey::Bag(slide, encoder)).await? {
            deps.queue
                .publish(&SlideEmbedded { slide, encoder })
                .await?;
        }
    }
    Ok(())
}
