//! Where files in the making lie, and how those of a crashed process are cleared away.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use flow::ObjectKey;
use rustix::fs::{FlockOperation, flock};
use tempfile::{NamedTempFile, TempDir, TempPath};

use crate::StoreError;

/// A temporary folder on this machine, removed with all in it when dropped.
#[derive(Debug)]
pub struct Scratch {
    folder: TempDir,
}

impl Scratch {
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// This process's part of the scratch folder: a folder that is locked for as long as the process lives.
#[derive(Debug)]
pub(crate) struct ScratchSpace {
    folder: TempDir,
    _lock: File,
}

impl ScratchSpace {
    /// Clears what crashed processes left, and leaves alone what running ones are using.
    ///
    /// Nothing else may lie in `all`: it is cleared as well.
    pub(crate) fn open(all: &Path) -> io::Result<Self> {
        fs::create_dir_all(all)?;
        // Nobody may clear a folder between its making and its locking.
        let opening = File::open(all)?;
        flock(&opening, FlockOperation::LockExclusive)?;
        clear_left_over(all)?;
        let folder = tempfile::Builder::new().prefix("run-").tempdir_in(all)?;
        let lock = File::open(folder.path())?;
        flock(&lock, FlockOperation::LockExclusive)?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    pub(crate) fn folder(&self) -> Result<Scratch, StoreError> {
        let folder = tempfile::tempdir_in(self.folder.path());
        folder
            .map(|folder| Scratch { folder })
            .map_err(StoreError::disk("make a scratch folder"))
    }

    pub(crate) fn file(&self) -> io::Result<NamedTempFile> {
        NamedTempFile::new_in(self.folder.path())
    }

    /// Takes over a file that lies in this space and is to become `key`; dropped, it is gone.
    pub(crate) fn own(&self, key: &ObjectKey, file: &Path) -> Result<TempPath, StoreError> {
        if !file.starts_with(self.folder.path()) {
            return Err(StoreError::NotFromScratch { key: key.path() });
        }
        TempPath::try_from_path(file).map_err(StoreError::disk("take over a finished file"))
    }
}

fn clear_left_over(all: &Path) -> io::Result<()> {
    for entry in fs::read_dir(all)? {
        let path = entry?.path();
        let lock = File::open(&path)?;
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            continue;
        }
        if lock.metadata()?.is_dir() {
            fs::remove_dir_all(&path)?;
        } else {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
