use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use flow::{ObjectKey, UploadPart};
use telemetry::{StorageKind, StorageMeter, StorageOperation};

use crate::local::LocalStore;
use crate::s3::S3Store;
use crate::scratch::ScratchSpace;
use crate::{LocalFile, ReceivedFile, S3Config, Scratch, SignedLink, StoreError, Upload};

/// The objects of one installation. Clones are cheap and share open files and connections.
#[derive(Clone)]
pub struct Store {
    kind: Kind,
    meter: Arc<StorageMeter>,
}

#[derive(Clone)]
enum Kind {
    Local(LocalStore),
    S3(S3Store),
}

/// What the method of whichever kind of storage this is comes to, measured. The SDK's futures are large and
/// deeply nested: boxed, they cost those who call this neither stack nor compile time.
macro_rules! measured {
    ($store:expr, $operation:ident, $kind:ident => $call:expr) => {{
        let began = Instant::now();
        let answer = match &$store.kind {
            Kind::Local($kind) => $call.await,
            Kind::S3($kind) => Box::pin($call).await,
        };
        $store.note(StorageOperation::$operation, began, &answer);
        answer
    }};
}

impl Store {
    /// Opens (or makes) the storage under `root`, and clears what a crash left half-done.
    ///
    /// Several processes may have the same directory open.
    pub fn local(root: &Path) -> Result<Self, StoreError> {
        LocalStore::open(root).map(|local| Self::of(Kind::Local(local)))
    }

    /// Opens a bucket that is there, and the scratch folder beside it.
    ///
    /// # Errors
    /// If the bucket cannot be reached, does not exist or may not be used.
    pub async fn s3(config: &S3Config) -> Result<Self, StoreError> {
        Box::pin(S3Store::open(config))
            .await
            .map(|s3| Self::of(Kind::S3(s3)))
    }

    fn of(kind: Kind) -> Self {
        let meter = StorageMeter::new(match kind {
            Kind::Local(_) => StorageKind::Local,
            Kind::S3(_) => StorageKind::S3,
        });
        Self {
            kind,
            meter: Arc::new(meter),
        }
    }

    /// # Errors
    /// If the bucket, or the root of the local storage, is not there or may not be used.
    pub async fn answers(&self) -> Result<(), StoreError> {
        match &self.kind {
            Kind::Local(local) => local.answers().await,
            Kind::S3(s3) => Box::pin(s3.answers()).await,
        }
    }

    /// Writes a whole object.
    pub async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), StoreError> {
        measured!(self, Put, kind => kind.put(key, bytes))
    }

    /// Moves a finished file from a [`Scratch`] of this store into place; afterwards the file is
    /// gone. A file from elsewhere is refused and left alone.
    pub async fn put_file(&self, key: &ObjectKey, file: &Path) -> Result<(), StoreError> {
        measured!(self, PutFile, kind => kind.put_file(key, file))
    }

    /// Makes a received file the object `key`. Where it is in storage already, the new copy goes.
    ///
    /// The key must come from the file's digest: on the local disk an object of the same length is
    /// taken to be equal.
    pub async fn adopt(&self, received: ReceivedFile, key: &ObjectKey) -> Result<(), StoreError> {
        measured!(self, Adopt, kind => kind.adopt(received, key))
    }

    /// Removes a part of an upload that is needed no more; it is fine if it is not there. Nothing
    /// else is ever removed.
    pub async fn remove_part(&self, part: UploadPart) -> Result<(), StoreError> {
        let key = ObjectKey::UploadPart(part);
        measured!(self, Remove, kind => kind.remove(&key))
    }

    /// A whole object.
    pub async fn get(&self, key: &ObjectKey) -> Result<Bytes, StoreError> {
        measured!(self, Get, kind => kind.get(key))
    }

    /// A whole object, or `None` where there is none.
    pub async fn find(&self, key: &ObjectKey) -> Result<Option<Bytes>, StoreError> {
        match self.get(key).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// The bytes `range` of an object, counted from 0, the end excluded.
    ///
    /// On the local disk this costs one system call while the object is open and the bytes are in
    /// memory; on S3 one request.
    pub async fn get_range(&self, key: &ObjectKey, range: Range<u64>) -> Result<Bytes, StoreError> {
        measured!(self, GetRange, kind => kind.get_range(key, range))
    }

    pub async fn exists(&self, key: &ObjectKey) -> Result<bool, StoreError> {
        match self.size(key).await {
            Ok(_) => Ok(true),
            Err(StoreError::NotFound { .. }) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Length of an object in bytes.
    pub async fn size(&self, key: &ObjectKey) -> Result<u64, StoreError> {
        measured!(self, Size, kind => kind.size(key))
    }

    /// A file on this machine that holds the object.
    ///
    /// From S3 it is fetched, checked against its digest, and takes up disk until it is dropped.
    /// Where the room that [`ScratchConfig::download_bytes`](crate::ScratchConfig) gives is taken,
    /// this waits for others to drop theirs: who holds one file must not ask for a second.
    pub async fn local_file(&self, key: &ObjectKey) -> Result<LocalFile, StoreError> {
        measured!(self, Fetch, kind => kind.local_file(key))
    }

    /// An address at which anyone can read the object for as long as `valid_for`, at most seven
    /// days. It is not checked that the object exists.
    ///
    /// # Errors
    /// [`StoreError::NoLinks`] on the local disk.
    pub async fn link(
        &self,
        key: &ObjectKey,
        valid_for: Duration,
    ) -> Result<SignedLink, StoreError> {
        match &self.kind {
            Kind::Local(_) => Err(StoreError::NoLinks { key: key.path() }),
            Kind::S3(s3) => Box::pin(s3.link(key, valid_for)).await,
        }
    }

    /// A new folder for files in the making.
    pub fn scratch(&self) -> Result<Scratch, StoreError> {
        self.scratch_space().folder()
    }

    /// Starts to take in a file of unknown length and digest.
    pub async fn receive(&self) -> Result<Upload, StoreError> {
        Upload::start(self.scratch_space()).await
    }

    fn note<T>(&self, operation: StorageOperation, began: Instant, answer: &Result<T, StoreError>) {
        self.meter.answered(operation, began.elapsed());
        if answer.as_ref().is_err_and(|error| !error.is_answer()) {
            self.meter.failed(operation);
        }
    }

    fn scratch_space(&self) -> &Arc<ScratchSpace> {
        match &self.kind {
            Kind::Local(local) => local.scratch(),
            Kind::S3(s3) => s3.scratch(),
        }
    }
}
