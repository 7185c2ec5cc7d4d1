use std::io;
use std::path::Path;
use std::time::SystemTime;

use flow::{Progress, Stage};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::receiving::receiving;
use super::{Accepted, Arrival, ReceiveError, accept};
use crate::IngestDeps;

const CHUNK: usize = 1024 * 1024;

/// Receives a file of this machine; it stays where it is.
///
/// # Errors
/// [`ReceiveError::Changed`] if somebody wrote to it meanwhile.
pub async fn receive_file(
    deps: &IngestDeps,
    path: &Path,
    arrival: Arrival,
    progress: impl Fn(Progress),
) -> Result<Accepted, ReceiveError> {
    receiving(
        arrival.trace.clone(),
        read_in(deps, path, arrival, progress),
    )
    .await
}

async fn read_in(
    deps: &IngestDeps,
    path: &Path,
    arrival: Arrival,
    progress: impl Fn(Progress),
) -> Result<Accepted, ReceiveError> {
    let mut file = File::open(path).await.map_err(ReceiveError::File)?;
    let before = stamp(&file).await?;
    let mut upload = deps.store.receive().await?;
    let mut chunk = vec![0; CHUNK];
    let mut done = 0;
    loop {
        let n_bytes = file.read(&mut chunk).await.map_err(ReceiveError::File)?;
        if n_bytes == 0 {
            break;
        }
        telemetry::upload_bytes(n_bytes as u64);
        upload.write(&chunk[..n_bytes]).await?;
        done += n_bytes as u64;
        progress(Progress {
            stage: Stage::Receive,
            done,
            total: before.0.max(done),
        });
    }
    let received = upload.finish().await?;
    if stamp(&file).await? != before || done != before.0 {
        return Err(ReceiveError::Changed);
    }
    accept(deps, received, arrival, None).await
}

async fn stamp(file: &File) -> Result<(u64, SystemTime), ReceiveError> {
    let metadata = file.metadata().await.map_err(ReceiveError::File)?;
    let modified: io::Result<SystemTime> = metadata.modified();
    Ok((metadata.len(), modified.map_err(ReceiveError::File)?))
}
