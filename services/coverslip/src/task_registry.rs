//! The tasks of an installation: those that ship, and those that lie in its folder, as they come
//! and go.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};
use flow::{EncoderRef, Sha256Digest};
use mil::AnyTask;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::task_folder;

/// How soon a task that is put into the folder is seen.
const EVERY: Duration = Duration::from_secs(2);

/// Tasks ready to score.
pub(crate) type Tasks = Arc<[AnyTask]>;

/// What the folder of tasks held when it was last looked at.
pub(crate) struct TaskRegistry {
    folder: PathBuf,
    retarget: Retarget,
    shipped: Vec<AnyTask>,
    seen: BTreeMap<PathBuf, Seen>,
}

/// Name, length and time of change of every file of a folder: what is copied there by hand is read
/// again until it is whole.
type Stamp = BTreeSet<(OsString, u64, Option<SystemTime>)>;

struct Seen {
    stamp: Stamp,
    /// `None` where the folder was refused.
    task: Option<AnyTask>,
}

/// The encoder in use, which embeds like the one that tasks were trained on: the same weights at
/// another mpp or in another precision. Its bags are others, so such tasks must be told to read
/// them.
#[derive(Clone, Debug)]
pub(crate) struct Retarget {
    /// The hash of the encoder as it was trained.
    pub(crate) trained: Sha256Digest,
    pub(crate) used: EncoderRef,
}

impl Retarget {
    fn applied(&self, task: AnyTask) -> Result<AnyTask> {
        let is_trained = task.encoder_hash() == self.trained;
        if !is_trained || self.used.hash == self.trained {
            return Ok(task);
        }
        Ok(task.with_encoder(self.used.clone())?)
    }
}

impl TaskRegistry {
    /// The tasks that ship and those in `folder`, which need not be there.
    pub(crate) fn open(folder: &Path, retarget: Retarget) -> Result<Self> {
        let shipped = shipped::tasks().context("cannot load the shipped tasks")?;
        let shipped = shipped
            .into_iter()
            .map(|task| retarget.applied(task.into()));
        let mut registry = Self {
            folder: folder.to_owned(),
            shipped: shipped.collect::<Result<_>>()?,
            retarget,
            seen: BTreeMap::new(),
        };
        registry.look();
        Ok(registry)
    }

    pub(crate) fn tasks(&self) -> Tasks {
        let found = self.seen.values().filter_map(|seen| seen.task.as_ref());
        self.shipped.iter().chain(found).cloned().collect()
    }

    /// Looks at the folder again, every few seconds until `shutdown`.
    pub(crate) async fn follow(mut self, tasks: watch::Sender<Tasks>, shutdown: CancellationToken) {
        loop {
            let pause = tokio::time::sleep(EVERY);
            if shutdown.run_until_cancelled(pause).await.is_none() {
                return;
            }
            let looked = spawn_blocking(move || {
                let changed = self.look();
                (self, changed)
            });
            match looked.await {
                Ok((registry, changed)) => {
                    self = registry;
                    if changed {
                        tasks.send_replace(self.tasks());
                    }
                }
                Err(error) => return warn!(%error, "the folder of tasks is no longer looked at"),
            }
        }
    }

    /// Whether there are other tasks than before. A folder that is refused is named once, and looked
    /// at again when it changes.
    fn look(&mut self) -> bool {
        let folders = match task_folder::below(&self.folder) {
            Ok(folders) => folders,
            Err(error) => {
                let error: &dyn std::error::Error = &*error;
                warn!(error, "the folder of tasks cannot be read");
                return false;
            }
        };
        let before = self.seen.len();
        self.seen.retain(|folder, _| folders.contains(folder));
        let mut changed = self.seen.len() < before;
        for folder in folders {
            let stamp = stamp(&folder);
            if self
                .seen
                .get(&folder)
                .is_some_and(|seen| seen.stamp == stamp)
            {
                continue;
            }
            self.seen.remove(&folder);
            let task = self.admit(&folder);
            changed = true;
            self.seen.insert(folder, Seen { stamp, task });
        }
        changed
    }

    fn admit(&self, folder: &Path) -> Option<AnyTask> {
        match self.read(folder) {
            Ok(task) => {
                let reference = task.reference();
                info!(task.id = %reference.id, task.version = %reference.version, "took in a task");
                Some(task)
            }
            Err(error) => {
                let error: &dyn std::error::Error = &*error;
                warn!(folder = %folder.display(), error, "refused a folder of tasks");
                None
            }
        }
    }

    fn read(&self, folder: &Path) -> Result<AnyTask> {
        let task = task_folder::read(folder)?;
        let mine = task.reference();
        let tasks = self.tasks();
        let same = tasks.iter().find(|other| {
            let other = other.reference();
            (&other.id, &other.version) == (&mine.id, &mine.version)
        });
        ensure!(
            same.is_none(),
            "there is a task {} {} already: give this one a new version",
            mine.id,
            mine.version
        );
        self.retarget.applied(task)
    }
}

/// Of what can be seen; the rest is seen the next time.
fn stamp(folder: &Path) -> Stamp {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let of_file = |entry: std::fs::DirEntry| {
        let file = entry.metadata().ok()?;
        Some((entry.file_name(), file.len(), file.modified().ok()))
    };
    entries.filter_map(of_file).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn broken_folders_are_refused_and_the_rest_goes_on() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let encoder = shipped::encoder_config()?;
        let retarget = Retarget {
            trained: encoder.hash()?,
            used: encoder::Compute::default().reference(&encoder)?,
        };
        let mut registry = TaskRegistry::open(folder.path(), retarget)?;
        let n_shipped = registry.tasks().len();
        assert!(!registry.look());

        let broken = folder.path().join("broken");
        fs::create_dir(&broken)?;
        fs::write(broken.join("task.json"), "{}")?;
        fs::create_dir(folder.path().join(".installing-1"))?;
        registry.look();
        assert_eq!(registry.tasks().len(), n_shipped);
        assert!(!registry.look(), "a refused folder is looked at once");
        fs::remove_dir_all(&broken)?;
        assert!(registry.look());

        // What ships is there already.
        let shipped = folder.path().join("copy");
        fs::create_dir(&shipped)?;
        let json = shipped::tasks()?[0].file().to_json()?;
        fs::write(shipped.join("task.json"), json)?;
        let refused = registry.read(&shipped).expect_err("no head");
        assert!(
            refused.to_string().contains("head-1.safetensors"),
            "{refused}"
        );
        Ok(())
    }
}
