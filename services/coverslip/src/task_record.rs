//! Puts on record which tasks come into service and which go.

use std::time::Duration;

use catalog::{Catalog, CatalogError};
use flow::TaskRef;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::task_registry::Tasks;

/// After which a catalog that did not answer is asked again.
const AGAIN: Duration = Duration::from_secs(5);

/// Until `shutdown`.
pub(crate) async fn follow(
    mut tasks: watch::Receiver<Tasks>,
    catalog: Catalog,
    shutdown: CancellationToken,
) {
    let mut before: Vec<TaskRef> = Vec::new();
    loop {
        let now: Vec<TaskRef> = tasks.borrow_and_update().iter().map(reference).collect();
        let following = async {
            match note(&catalog, &before, &now).await {
                Ok(()) => tasks.changed().await.is_ok().then_some(Some(now)),
                Err(error) => {
                    tell(&error);
                    tokio::time::sleep(AGAIN).await;
                    Some(None)
                }
            }
        };
        match shutdown.run_until_cancelled(following).await.flatten() {
            Some(Some(noted)) => before = noted,
            Some(None) => (),
            None => return,
        }
    }
}

async fn note(catalog: &Catalog, before: &[TaskRef], now: &[TaskRef]) -> Result<(), CatalogError> {
    let gone: Vec<TaskRef> = before
        .iter()
        .filter(|task| !now.contains(task))
        .cloned()
        .collect();
    catalog.audit_tasks("score", now, &gone).await
}

fn tell(error: &CatalogError) {
    let error: &dyn std::error::Error = error;
    warn!(error, "which tasks are in service is not on record yet");
}

fn reference(task: &mil::AnyTask) -> TaskRef {
    task.reference().clone()
}
