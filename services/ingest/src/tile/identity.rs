use anyhow::Result;
use catalog::{IdentityStanding, LabelReading, SlideIdentity, Witness};
use flow::SlideId;
use step::IdentityRule;
use tokio::task::spawn_blocking;

use super::associated::dicom_label;
use super::witnesses::{Found, read_label};
use crate::{IdentityConfig, IngestDeps};

/// Notes what came of it in the catalog, where the next step finds it.
pub(super) async fn compare(
    deps: &IngestDeps,
    slide: SlideId,
    found: &Found,
    rule: IdentityRule,
) -> Result<()> {
    let before = deps.catalog.identity(slide).await?;
    let identity = SlideIdentity {
        standing: IdentityStanding::Open,
        label: found.label,
        witnesses: found.witnesses.clone(),
        correction: before.and_then(|row| row.identity.correction),
    };
    say_if_unread(slide, found.label);
    step::examine_identity(&deps.catalog, slide, identity, rule).await?;
    Ok(())
}

/// Reads the label of a slide that was tiled before its label came, as DICOM instances may; holds the
/// slide where it is not the one, however far it is.
pub(super) async fn read_late_label(
    deps: &IngestDeps,
    config: &IdentityConfig,
    slide: SlideId,
) -> Result<()> {
    let before = deps.catalog.identity(slide).await?;
    let before = before.map(|row| row.identity);
    let is_absent = |known: &SlideIdentity| known.label == LabelReading::Absent;
    if !before.as_ref().is_none_or(is_absent) {
        return Ok(());
    }
    let scratch = deps.store.scratch()?;
    let Some(picture) = dicom_label(deps, slide, &scratch).await? else {
        return Ok(());
    };
    let pattern = config.pattern.clone();
    let (label, read) = spawn_blocking(move || read_label(&pattern, &picture)).await?;
    let (by_scanner, correction) = match before {
        Some(before) => (before.witnesses, before.correction),
        None => (Vec::new(), None),
    };
    let witnesses: Vec<Witness> = read.into_iter().chain(by_scanner).collect();
    let identity = SlideIdentity {
        standing: IdentityStanding::Open,
        label,
        witnesses,
        correction,
    };
    say_if_unread(slide, label);
    let IngestDeps { catalog, queue, .. } = deps;
    step::examine_again(catalog, queue, slide, identity, config.rule).await?;
    Ok(())
}

fn say_if_unread(slide: SlideId, label: LabelReading) {
    if label == LabelReading::Unread {
        tracing::info!(slide.id = %slide, "no barcode could be read on the label of a slide");
    }
}
