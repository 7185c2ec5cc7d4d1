//! Objects as files below one root.

mod object_file;
mod open_objects;
mod placement;

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use flow::ObjectKey;
use tempfile::{NamedTempFile, TempPath};

use crate::blocking::blocking;
use crate::scratch::ScratchSpace;
use crate::{LocalFile, ReceivedFile, StoreError};
use object_file::ObjectFile;
use open_objects::OpenObjects;
use placement::{Placed, Sameness, place, remove};

/// Larger reads would hold up an async thread even when the bytes are in memory.
const MAX_INLINE_READ: u64 = 1024 * 1024;

/// The objects of one data directory.
#[derive(Clone)]
pub(crate) struct LocalStore {
    root: Arc<Path>,
    scratch: Arc<ScratchSpace>,
    open: OpenObjects,
}

impl LocalStore {
    pub(crate) fn open(root: &Path) -> Result<Self, StoreError> {
        let open = || {
            fs::create_dir_all(root)?;
            let root = root.canonicalize()?;
            // On the same file system, so that a rename puts a file in place.
            let scratch = ScratchSpace::open(&root.join("scratch"))?;
            Ok((root, scratch))
        };
        let (root, scratch) = open().map_err(StoreError::disk("open storage"))?;
        Ok(Self {
            root: root.into(),
            scratch: Arc::new(scratch),
            open: OpenObjects::new(),
        })
    }

    pub(crate) async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), StoreError> {
        let scratch = Arc::clone(&self.scratch);
        let make = move || write_whole(scratch.file()?, &bytes);
        self.place(key, Sameness::Content, make).await
    }

    pub(crate) async fn put_file(&self, key: &ObjectKey, file: &Path) -> Result<(), StoreError> {
        let file = self.scratch.own(key, file)?;
        let make = move || on_disk(file);
        self.place(key, Sameness::Content, make).await
    }

    pub(crate) async fn adopt(
        &self,
        received: ReceivedFile,
        key: &ObjectKey,
    ) -> Result<(), StoreError> {
        let make = move || on_disk(received.path);
        self.place(key, Sameness::Length, make).await
    }

    /// It is gone for good when this returns.
    pub(crate) async fn remove(&self, key: &ObjectKey) -> Result<(), StoreError> {
        let (root, target) = (Arc::clone(&self.root), self.path(key));
        let removed = blocking(move || remove(&target, &root)).await;
        self.open.forget(key).await;
        removed.map_err(StoreError::object("remove", key))
    }

    pub(crate) async fn get(&self, key: &ObjectKey) -> Result<Bytes, StoreError> {
        let file = self.opened(key).await?;
        let everything = 0..file.size();
        self.read(key, file, everything).await
    }

    pub(crate) async fn get_range(
        &self,
        key: &ObjectKey,
        range: Range<u64>,
    ) -> Result<Bytes, StoreError> {
        let file = self.opened(key).await?;
        StoreError::check_range(key, &range, file.size())?;
        self.read(key, file, range).await
    }

    pub(crate) async fn size(&self, key: &ObjectKey) -> Result<u64, StoreError> {
        Ok(self.opened(key).await?.size())
    }

    pub(crate) async fn local_file(&self, key: &ObjectKey) -> Result<LocalFile, StoreError> {
        self.opened(key).await?;
        Ok(LocalFile::object(self.path(key)))
    }

    pub(crate) async fn answers(&self) -> Result<(), StoreError> {
        let root = Arc::clone(&self.root);
        let look = move || fs::read_dir(root.join("scratch")).map(drop);
        let looked = blocking(look).await;
        looked.map_err(StoreError::disk("look into the storage"))
    }

    pub(crate) fn scratch(&self) -> &Arc<ScratchSpace> {
        &self.scratch
    }

    async fn opened(&self, key: &ObjectKey) -> Result<Arc<ObjectFile>, StoreError> {
        self.open.get(key, || self.path(key)).await
    }

    async fn read(
        &self,
        key: &ObjectKey,
        file: Arc<ObjectFile>,
        range: Range<u64>,
    ) -> Result<Bytes, StoreError> {
        if range.end - range.start <= MAX_INLINE_READ {
            let cached = file.read_cached(&range);
            if let Some(bytes) = cached.map_err(StoreError::object("read", key))? {
                return Ok(bytes.into());
            }
        }
        let bytes = blocking(move || file.read(&range)).await;
        bytes
            .map(Bytes::from)
            .map_err(StoreError::object("read", key))
    }

    async fn place(
        &self,
        key: &ObjectKey,
        sameness: Sameness,
        make: impl FnOnce() -> io::Result<TempPath> + Send + 'static,
    ) -> Result<(), StoreError> {
        let root = Arc::clone(&self.root);
        let target = self.path(key);
        let placed = blocking(move || place(make()?, &target, &root, sameness)).await;
        match placed {
            Ok(Placed::InPlace) => Ok(()),
            Ok(Placed::Conflict) => Err(StoreError::AlreadyExists { key: key.path() }),
            Err(source) => Err(StoreError::Object {
                action: "write",
                key: key.path(),
                source,
            }),
        }
    }

    fn path(&self, key: &ObjectKey) -> PathBuf {
        self.root.join(key.path())
    }
}

/// Writes a small object's bytes to disk.
fn write_whole(file: NamedTempFile, bytes: &Bytes) -> io::Result<TempPath> {
    let (mut file, path) = file.into_parts();
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(path)
}

/// The same file, when all of it would survive a power cut.
fn on_disk(path: TempPath) -> io::Result<TempPath> {
    File::open(&path)?.sync_all()?;
    Ok(path)
}
