use std::time::Duration;

use catalog::{Catalog, CatalogError, Model, ModelAlertKind, ModelState};
use chrono::{DateTime, TimeDelta, Utc};
use flow::Sha256Digest;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{LookError, look_at_drift, look_at_subgroups};

/// How soon the turn is seen, and alerts that others opened or closed are counted.
const EVERY: Duration = Duration::from_secs(30);
/// Between two looks at all models.
const BETWEEN: TimeDelta = TimeDelta::days(1);
/// After which the turn of a process that died is another's.
const CLAIM: TimeDelta = TimeDelta::minutes(30);

/// Looks at every task whose results are shown or kept apart, once a day until `shutdown`: of all
/// processes that run this, whichever has the turn. Shows how many alerts are open.
pub async fn run(catalog: Catalog, shutdown: CancellationToken) {
    let watching = async {
        loop {
            if let Err(error) = turn(&catalog).await {
                let error: &dyn std::error::Error = &error;
                warn!(error, "whether models are as they were is not known");
            }
            sleep(EVERY).await;
        }
    };
    shutdown.run_until_cancelled(watching).await;
}

async fn turn(catalog: &Catalog) -> Result<(), CatalogError> {
    let now = Utc::now();
    if catalog.take_watch_turn(now, now + CLAIM).await? {
        look_at_all(catalog, now).await?;
        catalog.end_watch_turn(now + BETWEEN).await?;
    }
    let open = catalog.n_open_alerts().await?;
    for kind in ModelAlertKind::ALL {
        let of_kind = open.iter().find(|(one, _)| *one == kind);
        telemetry::model_alerts_open(kind.name(), of_kind.map_or(0, |(_, n)| *n));
    }
    Ok(())
}

/// One that cannot be looked at takes nothing from the others.
async fn look_at_all(catalog: &Catalog, now: DateTime<Utc>) -> Result<(), CatalogError> {
    for model in watched(catalog).await? {
        match look_at(catalog, model, now).await {
            Ok(()) => info!(model.hash = %model.short(), "looked at a model"),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                warn!(error, model.hash = %model.short(), "a model could not be looked at");
            }
        }
    }
    telemetry::models_looked_at();
    Ok(())
}

async fn look_at(
    catalog: &Catalog,
    model: Sha256Digest,
    now: DateTime<Utc>,
) -> Result<(), LookError> {
    look_at_drift(catalog, model, now).await?;
    look_at_subgroups(catalog, model, now).await?;
    Ok(())
}

/// Tasks that score slides.
async fn watched(catalog: &Catalog) -> Result<Vec<Sha256Digest>, CatalogError> {
    let models = catalog.models().await?.into_iter();
    let scores = |state| matches!(state, ModelState::Active | ModelState::Shadow);
    let tasks = models.filter(|row| matches!(row.model, Model::Task { .. }) && scores(row.state));
    Ok(tasks.map(|row| row.model.hash()).collect())
}
