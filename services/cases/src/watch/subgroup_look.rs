use catalog::{Catalog, IsoWeek, ModelAlertKind, ModelWatch, NewModelAlert, WatchKind};
use chrono::{DateTime, Utc};
use flow::Sha256Digest;
use serde::Deserialize;
use serde_json::json;
use tokio::task::spawn_blocking;

use super::LookError;
use super::look::task;
use super::signed_calls::SignedCalls;
use super::subgroup_report::{KnownSubgroups, SubgroupReport};

/// What the last look at a task's groups found.
pub async fn subgroups_of(
    catalog: &Catalog,
    model: Sha256Digest,
) -> Result<KnownSubgroups, LookError> {
    task(catalog, model).await?;
    let watch = catalog.model_watch(model, WatchKind::Subgroups).await?;
    let (body, looked_at) = watch.map(|watch| (watch.body, watch.looked_at)).unzip();
    let found = body.map(SubgroupReport::deserialize).transpose()?;
    Ok(KnownSubgroups { looked_at, found })
}

/// Measures a task by what people signed: stores what is found, and opens an alert for each gap.
pub async fn look_at_subgroups(
    catalog: &Catalog,
    model: Sha256Digest,
    now: DateTime<Utc>,
) -> Result<SubgroupReport, LookError> {
    task(catalog, model).await?;
    let calls = SignedCalls::read(catalog, model).await?;
    let report = spawn_blocking(move || SubgroupReport::of(model, &calls)).await??;
    let watch = ModelWatch {
        body: serde_json::to_value(&report)?,
        looked_at: now,
    };
    let kind = WatchKind::Subgroups;
    catalog.put_model_watch(model, kind, &watch).await?;
    for gap in &report.gaps {
        let measure = json!(gap.measure);
        let alert = NewModelAlert {
            model,
            kind: ModelAlertKind::SubgroupGap,
            subject: format!(
                "{}: {}, {}",
                gap.column,
                gap.value,
                measure.as_str().unwrap_or_default()
            ),
            week: IsoWeek::of(now),
            detail: json!({ "gap": gap, "limit": report.gap_limit }),
        };
        catalog.open_model_alert(&alert).await?;
    }
    Ok(report)
}
