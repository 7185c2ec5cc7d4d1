use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use flow::PatientPictures;
use telemetry::ResumableOutcome;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::join::join;
use super::{ResumeError, clear};
use crate::{IngestDeps, UploadConfig};

/// Looks after uploads that nobody looks after, at once and then regularly until `shutdown`: finishes
/// those that are whole, gives up those that nobody goes on with, and removes what these leave.
pub(crate) async fn run(
    config: UploadConfig,
    patient_pictures: PatientPictures,
    every: Duration,
    deps: IngestDeps,
    shutdown: CancellationToken,
) {
    loop {
        let swept = shutdown
            .run_until_cancelled(sweep(config, patient_pictures, &deps))
            .await;
        if let Some(Err(error)) = swept {
            let error = &error as &dyn std::error::Error;
            warn!(
                error,
                "uploads that were left alone could not be looked after"
            );
        }
        let pause = tokio::time::sleep(every);
        if shutdown.run_until_cancelled(pause).await.is_none() {
            return;
        }
    }
}

async fn sweep(
    config: UploadConfig,
    patient_pictures: PatientPictures,
    deps: &IngestDeps,
) -> Result<(), ResumeError> {
    let catalog = &deps.catalog;
    for id in catalog.uploads_to_join(Utc::now()).await? {
        let Some(upload) = catalog.upload(id).await? else {
            continue;
        };
        // What is wrong with one keeps no other from its end.
        match join(deps.clone(), upload, patient_pictures, None).await {
            Ok(_) | Err(ResumeError::Joining | ResumeError::Over { .. }) => (),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                warn!(error, upload.id = %id, "an upload that is whole is no slide yet");
            }
        }
    }
    let now = Utc::now();
    let idle_since = long_before(now, config.idle);
    let n_expired = catalog.expire_uploads(idle_since, now).await?;
    telemetry::resumable_uploads(ResumableOutcome::Expired, n_expired);
    for id in catalog.uploads_to_clear().await? {
        clear::clear(deps, id).await;
    }
    catalog.forget_uploads(idle_since).await?;
    Ok(catalog.forget_owner_slides(now).await?)
}

fn long_before(now: DateTime<Utc>, idle: Duration) -> DateTime<Utc> {
    let idle = TimeDelta::from_std(idle).unwrap_or(TimeDelta::MAX);
    now.checked_sub_signed(idle)
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
}
