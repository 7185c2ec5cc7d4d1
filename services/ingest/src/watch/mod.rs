//! Takes the slides that a scanner drops into a folder.

mod listing;
mod settling;

use std::path::{Path, PathBuf};
use std::time::Instant;

use catalog::FileName;
use flow::PatientPictures;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::receive::{Arrival, Deidentify, ReceiveError, receive_file};
use crate::{IngestDeps, WatchConfig};
use settling::Settling;

/// Looks at the folder again and again, until `shutdown`, and takes files that are whole.
///
/// Files stay where they are. One that was taken before a restart is taken again and found to be
/// the same slide.
pub(crate) async fn run(
    config: WatchConfig,
    patient_pictures: PatientPictures,
    deps: IngestDeps,
    shutdown: CancellationToken,
) {
    let mut folder = WatchedFolder {
        settling: Settling::new(config.settle),
        path: config.folder,
        is_readable: true,
        deidentify: Deidentify::by_rule(patient_pictures),
        deps,
    };
    while shutdown.run_until_cancelled(folder.look()).await.is_some() {
        let pause = tokio::time::sleep(config.every);
        if shutdown.run_until_cancelled(pause).await.is_none() {
            return;
        }
    }
}

struct WatchedFolder {
    path: PathBuf,
    settling: Settling,
    is_readable: bool,
    deidentify: Deidentify,
    deps: IngestDeps,
}

impl WatchedFolder {
    async fn look(&mut self) {
        let path = self.path.clone();
        match spawn_blocking(move || listing::list(&path)).await {
            Ok(Ok(listing)) => {
                self.is_readable = true;
                for path in self.settling.look(listing, Instant::now()) {
                    self.take(&path).await;
                }
            }
            Ok(Err(error)) if self.is_readable => {
                self.is_readable = false;
                error!(%error, "the watched folder cannot be read: check that it is there");
            }
            Ok(Err(_still_unreadable)) => {}
            Err(stopped) => error!(%stopped, "the watched folder could not be listed"),
        }
    }

    /// Names of files hold patients' names, so no log line says which file it was.
    async fn take(&mut self, path: &PathBuf) {
        let arrival = Arrival {
            bearer: "watched folder".to_owned(),
            file_name: file_name(path),
            digest: None,
            mpp: None,
            deidentify: self.deidentify,
            trace: None,
        };
        match receive_file(&self.deps, path, arrival, |_| {}).await {
            Ok(accepted) => {
                info!(slide.id = %accepted.slide(), "took a file from the watched folder");
                self.settling.taken(path);
            }
            Err(ReceiveError::Empty) => {
                warn!("an empty file lies in the watched folder and is left alone");
                self.settling.taken(path);
            }
            Err(ReceiveError::Changed) => self.settling.disturbed(path, Instant::now()),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                error!(
                    error,
                    "a file of the watched folder could not be taken, trying again"
                );
                self.settling.disturbed(path, Instant::now());
            }
        }
    }
}

fn file_name(path: &Path) -> Option<FileName> {
    FileName::new(&path.file_name()?.to_string_lossy())
}
