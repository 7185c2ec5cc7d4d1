use std::path::{Path, PathBuf};

use tempfile::TempPath;
use tokio::sync::OwnedSemaphorePermit;

/// A file on this machine that holds an object, for libraries that want one. It must not be
/// written to.
///
/// From S3 it is a copy that is gone when this is dropped; on the local disk it is the object.
#[derive(Debug)]
pub struct LocalFile(Held);

#[derive(Debug)]
enum Held {
    Object(PathBuf),
    Copy {
        path: TempPath,
        _room: OwnedSemaphorePermit,
    },
}

impl LocalFile {
    pub fn path(&self) -> &Path {
        match &self.0 {
            Held::Object(path) => path,
            Held::Copy { path, .. } => path,
        }
    }

    pub(crate) fn object(path: PathBuf) -> Self {
        Self(Held::Object(path))
    }

    /// A copy, and the room on the disk that it takes up.
    pub(crate) fn copy(path: TempPath, room: OwnedSemaphorePermit) -> Self {
        Self(Held::Copy { path, _room: room })
    }
}
