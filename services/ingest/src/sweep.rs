use std::time::Duration;

use anyhow::Result;
use flow::Urgency;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::IngestDeps;

/// Announces again, at once and then regularly until `shutdown`, whatever is unfinished: messages
/// get lost, in a crash all of them do.
pub(crate) async fn run(every: Duration, deps: IngestDeps, shutdown: CancellationToken) {
    loop {
        if let Err(error) = sweep(&deps).await {
            let error: &dyn std::error::Error = &*error;
            warn!(error, "unfinished slides could not be announced again");
        }
        let pause = tokio::time::sleep(every);
        if shutdown.run_until_cancelled(pause).await.is_none() {
            return;
        }
    }
}

pub(crate) async fn sweep(deps: &IngestDeps) -> Result<()> {
    let urgent = deps.catalog.urgent_slides().await?;
    for (slide, status) in deps.catalog.unfinished().await? {
        let urgency = match urgent.contains(&slide) {
            true => Urgency::Urgent,
            false => Urgency::Routine,
        };
        step::announce_unfinished(&deps.queue, slide, &status, urgency).await?;
    }
    Ok(())
}
