use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use catalog::{ModelStandings, Page, SlideRow, Standing, TaskFailure};
use chrono::Utc;
use flow::{ObjectKey, Prediction, Sha256Digest, SlideEmbedded, SlideStatus};
use mil::AnyTask;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::MilDeps;
use crate::result_objects::result_name;

/// Slides in one page of the catalog.
const PAGE: u32 = 500;

/// Slides at a time that a service is asked about again.
const AGAIN: u32 = 100;

/// How soon a model that is in another state is seen.
const LOOK: Duration = Duration::from_secs(2);

/// Announces, now and whenever the tasks or their standings change, every embedded slide that lacks a
/// task's result; and when it is time, those about which a service is to be asked again.
pub(crate) async fn run(
    mut tasks: watch::Receiver<Arc<[AnyTask]>>,
    deps: MilDeps,
    shutdown: CancellationToken,
) {
    let mut done: Option<ModelStandings> = None;
    loop {
        let now = Arc::clone(&tasks.borrow_and_update());
        match catch_up_if_new(&deps, &now, done.as_ref()).await {
            Ok(standings) => done = Some(standings),
            Err(error) => {
                let error: &dyn std::error::Error = &*error;
                warn!(
                    error,
                    "slides that lack a task's result could not be announced"
                );
            }
        }
        if let Err(error) = ask_again(&deps, &now).await {
            let error: &dyn std::error::Error = &*error;
            warn!(error, "services could not be asked again");
        }
        let changed = timeout(LOOK, tasks.changed());
        match shutdown.run_until_cancelled(changed).await {
            Some(Ok(Ok(()))) => done = None,
            Some(Err(_late)) => {}
            // Nobody is left who could change them.
            Some(Ok(Err(_))) | None => return,
        }
    }
}

/// Announces slides about which a service is to be asked again.
async fn ask_again(deps: &MilDeps, tasks: &[AnyTask]) -> Result<()> {
    let now = Utc::now();
    let services = tasks
        .iter()
        .filter(|task| matches!(task, AnyTask::Service(_)));
    for task in services {
        let hash = task.reference().hash;
        for due in deps.catalog.due_task_failures(hash, now, AGAIN).await? {
            let TaskFailure { slide, encoder, .. } = due;
            deps.queue
                .publish(&SlideEmbedded { slide, encoder })
                .await?;
        }
    }
    Ok(())
}

/// The standings that slides were announced by.
async fn catch_up_if_new(
    deps: &MilDeps,
    tasks: &[AnyTask],
    done: Option<&ModelStandings>,
) -> Result<ModelStandings> {
    let standings = deps.catalog.model_standings().await?;
    if done != Some(&standings) {
        tell_unregistered(tasks, &standings);
        catch_up(deps, tasks, &standings).await?;
    }
    Ok(standings)
}

/// Whoever put a new version beside a registered one wonders why it does nothing.
fn tell_unregistered(tasks: &[AnyTask], standings: &ModelStandings) {
    for task in tasks {
        let (mine, encoder) = (task.reference(), task.encoder_hash());
        if standings.of(mine, encoder) == Standing::Off {
            info!(
                task.id = %mine.id, task.version = %mine.version, task.hash = %mine.hash,
                "a task is not asked: it is no registered version of its id, or not in shadow or active"
            );
        }
    }
}

async fn catch_up(deps: &MilDeps, tasks: &[AnyTask], standings: &ModelStandings) -> Result<()> {
    let mut after = None;
    loop {
        let page = Page { after, limit: PAGE };
        let rows = deps.catalog.slides(page).await?;
        for row in &rows {
            announce(deps, row, tasks, standings).await?;
        }
        match rows.last() {
            Some(last) => after = Some(last.id),
            None => return Ok(()),
        }
    }
}

async fn announce(
    deps: &MilDeps,
    row: &SlideRow,
    tasks: &[AnyTask],
    standings: &ModelStandings,
) -> Result<()> {
    if !matches!(row.status, SlideStatus::Embedded | SlideStatus::Scored) {
        return Ok(());
    }
    let results = deps.catalog.predictions_of_all_models(row.id).await?;
    let standing = |task: &AnyTask| standings.of(task.reference(), task.encoder_hash());
    let in_shadow = match tasks.iter().any(|task| standing(task) == Standing::Shadow) {
        true => deps.catalog.shadow_results(row.id).await?,
        false => Vec::new(),
    };
    let covariates = deps.catalog.covariates(row.id).await?.revision;
    let is_lacking = |task: &&AnyTask| {
        let name = result_name(task, covariates);
        let is_mine = |result: &Prediction| result.name() == name;
        match standing(task) {
            // Recorded again, the active version's result is the latest, and whoever was told of another
            // one's is told of it.
            Standing::Shown if standings.is_governed(&name.task) => {
                let mut of_task = results.iter().filter(|result| result.task.id == name.task);
                !of_task.next().is_some_and(is_mine)
            }
            Standing::Shown => !results.iter().any(is_mine),
            Standing::Shadow => !in_shadow.iter().any(is_mine),
            Standing::Off => false,
        }
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
