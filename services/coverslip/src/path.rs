//! The first two steps of a slide's path, offline: what `analyze` and `ingest` share.

use std::path::Path;

use anyhow::{Context, Result};
use catalog::FileName;
use flow::{Mpp, SlideId, SlideStatus};
use ingest::{Arrival, Deidentify, TilingConfig, inspect, receive_file, tile_slide};
use slide::SlideError;
use step::ProgressSink;
use tokio::task::spawn_blocking;

use crate::installation::{Installation, decoder};

/// What came of a file.
pub(crate) enum Received {
    Slide(SlideId),
    /// It is no slide; nothing was kept. The text says why.
    Refused(String),
}

/// Looks whether the file is a slide, and only then takes it in.
pub(crate) async fn receive(
    installation: &Installation,
    file: &Path,
    mpp: Option<Mpp>,
    deidentify: Deidentify,
    progress: ProgressSink,
) -> Result<Received> {
    if let Err(refused) = look_at(file).await? {
        return Ok(Received::Refused(refused.to_string()));
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let arrival = Arrival {
        bearer: "command line".to_owned(),
        file_name: FileName::new(&name),
        digest: None,
        mpp,
        deidentify,
        trace: None,
    };
    let deps = installation.ingest_deps()?;
    let accepted = receive_file(&deps, file, arrival, &*progress)
        .await
        .with_context(|| format!("cannot take in {}", file.display()))?;
    Ok(Received::Slide(accepted.slide()))
}

/// Tiles the slide unless that is done, or the slide waits for a person.
pub(crate) async fn tile(
    installation: &Installation,
    slide: SlideId,
    progress: ProgressSink,
) -> Result<()> {
    let row = installation
        .catalog
        .slide(slide)
        .await?
        .context("the slide was just received")?;
    if row.status == SlideStatus::Received {
        let deps = installation.ingest_deps()?;
        tile_slide(&deps, TilingConfig::default(), slide, progress).await?;
    }
    Ok(())
}

async fn look_at(file: &Path) -> Result<Result<(), SlideError>> {
    let (file, decoder) = (file.to_owned(), decoder()?);
    Ok(spawn_blocking(move || inspect(&file, &decoder).map(|_facts| ())).await?)
}
