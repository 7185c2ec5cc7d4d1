use std::io;
use std::ops::Range;

use flow::{ObjectKey, Sha256Digest};
use thiserror::Error;

use crate::S3Error;

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
    #[error("cannot {action} object `{key}` on S3")]
    S3 {
        action: &'static str,
        key: String,
        #[source]
        source: S3Error,
    },
    #[error("cannot use bucket `{bucket}` on S3")]
    Bucket {
        bucket: String,
        #[source]
        source: S3Error,
    },
    #[error(
        "the file for object `{key}` has sha256 {found} and not {expected} any more, nothing was \
         stored: check the disk of the scratch folder, then send the file again"
    )]
    ChangedInScratch {
        key: String,
        expected: Sha256Digest,
        found: Sha256Digest,
    },
    #[error(
        "object `{key}` came with sha256 {found}, it was stored with {expected}: read it again, and \
         where it stays so, restore it from a backup of the bucket"
    )]
    Damaged {
        key: String,
        expected: Sha256Digest,
        found: Sha256Digest,
    },
    #[error("object `{key}` has {size} bytes, and S3 takes {most} at most")]
    TooLarge { key: String, size: u64, most: u64 },
    #[error(
        "object `{key}` has {size} bytes, and files fetched from S3 may take up {most} on this \
         machine: give the scratch folder more room"
    )]
    NoRoom { key: String, size: u64, most: u64 },
    #[error("there are no links to object `{key}`: storage on the local disk cannot make them")]
    NoLinks { key: String },
    #[error("the {what} `{text}` is not valid: it must be {expected}")]
    Setting {
        what: &'static str,
        text: String,
        expected: &'static str,
    },
}

impl StoreError {
    /// Is the disk (or the quota) full?
    pub fn is_storage_full(&self) -> bool {
        match self {
            Self::Object { source, .. } | Self::Disk { source, .. } => matches!(
                source.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            ),
            Self::S3 { source, .. } => matches!(source, S3Error::Full { .. }),
            _ => false,
        }
    }

    /// Is it the storage that does not serve, and not this object: away, overloaded, or closed to this
    /// machine? The same call may work later.
    pub fn is_unavailable(&self) -> bool {
        let (Self::S3 { source, .. } | Self::Bucket { source, .. }) = self else {
            return false;
        };
        matches!(
            source,
            S3Error::Unreachable { .. }
                | S3Error::Busy { .. }
                | S3Error::NoBucket { .. }
                | S3Error::Forbidden { .. }
                | S3Error::NoCredentials { .. }
        )
    }

    /// Does the storage do what it should, and there is no such object or no such part of it?
    pub(crate) fn is_answer(&self) -> bool {
        matches!(self, Self::NotFound { .. } | Self::OutOfRange { .. })
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

    /// Fails unless `range` lies in an object of `size` bytes.
    pub(crate) fn check_range(key: &ObjectKey, range: &Range<u64>, size: u64) -> Result<(), Self> {
        if range.start <= range.end && range.end <= size {
            return Ok(());
        }
        Err(Self::OutOfRange {
            key: key.path(),
            range: range.clone(),
            size,
        })
    }
}
