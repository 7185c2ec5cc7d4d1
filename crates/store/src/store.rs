use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use flow::ObjectKey;
use tempfile::TempPath;

use crate::blocking::blocking;
use crate::object_file::ObjectFile;
use crate::open_objects::OpenObjects;
use crate::placement::{Placed, Sameness, place};
use crate::scratch::ScratchSpace;
use crate::upload::write_whole;
use crate::{ReceivedFile, Scratch, StoreError, Upload};

/// Larger reads would hold up an async thread even when the bytes are in memory.
const MAX_INLINE_READ: u64 = 1024 * 1024;

/// The objects of one data directory. Clones are cheap and share open files.
#[derive(Clone)]
pub struct Store {
    disk: Arc<Disk>,
    open: OpenObjects,
}

struct Disk {
    root: PathBuf,
    scratch: ScratchSpace,
}

impl Store {
    /// Opens (or makes) the storage under `root`, and clears what a crash left half-done.
    ///
    /// Several processes may have the same directory open.
    pub fn local(root: &Path) -> Result<Self, StoreError> {
        let open = || {
            fs::create_dir_all(root)?;
            let root = root.canonicalize()?;
            let scratch = ScratchSpace::open(&root)?;
            Ok(Disk { root, scratch })
        };
        Ok(Self {
            disk: Arc::new(open().map_err(StoreError::disk("open storage"))?),
            open: OpenObjects::new(),
        })
    }

    /// Writes a whole object.
    pub async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), StoreError> {
        let disk = Arc::clone(&self.disk);
        let make = move || write_whole(disk.scratch.file()?, &bytes);
        self.place(key, Sameness::Content, make).await
    }

    /// Moves a finished file from a [`Scratch`] of this store into place; afterwards the file is
    /// gone. A file from elsewhere is refused and left alone.
    pub async fn put_file(&self, key: &ObjectKey, file: &Path) -> Result<(), StoreError> {
        if !self.disk.scratch.holds(file) {
            return Err(StoreError::NotFromScratch { key: key.path() });
        }
        let file = file.to_owned();
        let make = move || {
            File::open(&file)?.sync_all()?;
            TempPath::try_from_path(file)
        };
        self.place(key, Sameness::Content, make).await
    }

    /// Makes a received file the object `key`. Where it is in storage already, the new copy goes.
    ///
    /// The key must come from the file's digest: an object of the same length is taken to be equal.
    pub async fn adopt(&self, received: ReceivedFile, key: &ObjectKey) -> Result<(), StoreError> {
        let make = move || Ok(received.path);
        self.place(key, Sameness::Length, make).await
    }

    /// A whole object.
    pub async fn get(&self, key: &ObjectKey) -> Result<Bytes, StoreError> {
        let file = self.open(key).await?;
        let everything = 0..file.size();
        self.read(key, file, everything).await
    }

    /// The bytes `range` of an object, counted from 0, the end excluded.
    ///
    /// Costs one system call while the object is open and the bytes are in memory.
    pub async fn get_range(&self, key: &ObjectKey, range: Range<u64>) -> Result<Bytes, StoreError> {
        let file = self.open(key).await?;
        if range.start > range.end || range.end > file.size() {
            return Err(StoreError::OutOfRange {
                key: key.path(),
                range,
                size: file.size(),
            });
        }
        self.read(key, file, range).await
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
        Ok(self.open(key).await?.size())
    }

    /// A file that holds the object, for libraries that want one. It must not be written to.
    pub async fn local_path(&self, key: &ObjectKey) -> Result<PathBuf, StoreError> {
        self.open(key).await?;
        Ok(self.disk.path(key))
    }

    /// A new folder for files in the making.
    pub fn scratch(&self) -> Result<Scratch, StoreError> {
        let folder = self.disk.scratch.folder();
        folder.map_err(StoreError::disk("make a scratch folder"))
    }

    /// Starts to take in a file of unknown length and digest.
    pub async fn receive(&self) -> Result<Upload, StoreError> {
        let disk = Arc::clone(&self.disk);
        let file = blocking(move || disk.scratch.file()).await;
        file.map(Upload::new)
            .map_err(StoreError::disk("start an upload"))
    }

    async fn open(&self, key: &ObjectKey) -> Result<Arc<ObjectFile>, StoreError> {
        self.open.get(key, || self.disk.path(key)).await
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
        let disk = Arc::clone(&self.disk);
        let target = disk.path(key);
        let placed = blocking(move || place(make()?, &target, &disk.root, sameness)).await;
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
}

impl Disk {
    fn path(&self, key: &ObjectKey) -> PathBuf {
        self.root.join(key.path())
    }
}
