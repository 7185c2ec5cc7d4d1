use std::io;
use std::ops::Range;

use flow::ObjectKey;
use thiserror::Error;

/// Why an object could not be read or written.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("there is no object `{key}` in storage")]
    NotFound { key: String },
    #[error("object `{key}` is in storage with other content: objects are never overwritten")]
    AlreadyExists { key: String },
    #[error("bytes {} to {} were asked of object `{key}`, which has {size}", .range.start, .range.end)]
    OutOfRange {
        key: String,
        range: Range<u64>,
        size: u64,
    },
    #[error("cannot {action} object `{key}`")]
    Object {
        action: &'static str,
        key: String,
        source: io::Error,
    },
    #[error("cannot {action} in the data directory: check its permissions and free space")]
    Disk {
        action: &'static str,
        source: io::Error,
    },
    #[error("the file for object `{key}` does not lie in a scratch folder of this storage")]
    NotFromScratch { key: String },
    #[error("an earlier write to this upload failed: start the upload again")]
    UploadBroken,
}

impl StoreError {
    /// Is the disk (or the quota) full?
    pub fn is_storage_full(&self) -> bool {
        let (Self::Object { source, .. } | Self::Disk { source, .. }) = self else {
            return false;
        };
        matches!(
            source.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        )
    }

    pub(crate) fn disk(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Disk { action, source }
    }

    /// Tells a missing object from a failure.
    pub(crate) fn object<'a>(
        action: &'static str,
        key: &'a ObjectKey,
    ) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| {
            let key = key.path();
            match source.kind() {
                io::ErrorKind::NotFound => Self::NotFound { key },
                _ => Self::Object {
                    action,
                    key,
                    source,
                },
            }
        }
    }
}
