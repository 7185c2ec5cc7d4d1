use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use flow::ObjectKey;
use moka::future::Cache;

use super::object_file::ObjectFile;
use crate::StoreError;
use crate::blocking::blocking;

/// Well under the usual limit of 1,024 open files, and about thirty slides' worth of levels.
const MAX_OPEN: u64 = 256;

/// Keeps the objects that are read often open, so that reading a tile is one system call.
#[derive(Clone)]
pub(crate) struct OpenObjects {
    files: Cache<ObjectKey, Arc<ObjectFile>>,
}

impl OpenObjects {
    pub(crate) fn new() -> Self {
        Self {
            files: Cache::new(MAX_OPEN),
        }
    }

    /// Opens `key`, which lies where `path` says, unless it is open already.
    pub(crate) async fn get(
        &self,
        key: &ObjectKey,
        path: impl FnOnce() -> PathBuf,
    ) -> Result<Arc<ObjectFile>, StoreError> {
        if let Some(file) = self.files.get(key).await {
            return Ok(file);
        }
        let path = path();
        let open = async {
            blocking(move || ObjectFile::open(&path))
                .await
                .map(Arc::new)
        };
        let opened = self.files.try_get_with_by_ref(key, open).await;
        opened.map_err(|error| StoreError::object("open", key)(unshare(&error)))
    }

    /// Closes an object that was removed, so that its room on the disk is free.
    pub(crate) async fn forget(&self, key: &ObjectKey) {
        self.files.invalidate(key).await;
    }
}

/// Everyone who waited for the same file gets the same error; each needs its own.
fn unshare(error: &Arc<io::Error>) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), Arc::clone(error)),
    }
}
