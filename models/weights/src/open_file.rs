use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::WeightsError;

/// A weights file, kept open while any tensor of it lives.
#[derive(Debug)]
pub(crate) struct OpenFile {
    path: PathBuf,
    file: File,
    /// In bytes, when it was opened.
    length: u64,
}

/// Consecutive bytes of a file that are known to lie inside it.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    file: Arc<OpenFile>,
    start: u64,
    length: u64,
}

impl OpenFile {
    pub(crate) fn open(path: &Path) -> Result<Arc<Self>, WeightsError> {
        let failed = |source| WeightsError::Read {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let path = path.to_owned();
        Ok(Arc::new(Self { path, file, length }))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// `length` bytes from `start`; checked against the file before memory is taken.
    pub(crate) fn read(&self, start: u64, length: u64) -> Result<Vec<u8>, WeightsError> {
        if start
            .checked_add(length)
            .is_none_or(|end| end > self.length)
        {
            return Err(WeightsError::Damaged(format!(
                "it ends at byte {}, before the {length} bytes from {start}",
                self.length
            )));
        }
        let mut bytes = vec![0; length as usize];
        let done = self.file.read_exact_at(&mut bytes, start);
        done.map_err(|source| WeightsError::Read {
            path: self.path.clone(),
            source,
        })?;
        Ok(bytes)
    }

    /// `None` where it would not lie inside the file.
    pub(crate) fn region(self: &Arc<Self>, start: u64, length: u64) -> Option<Region> {
        let inside = start.checked_add(length)? <= self.length;
        inside.then(|| Region {
            file: Arc::clone(self),
            start,
            length,
        })
    }
}

impl Region {
    /// In bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// In bytes, of the whole file.
    pub(crate) fn file_length(&self) -> u64 {
        self.file.length
    }

    /// `length` bytes from `start`, counted from the start of the region.
    pub(crate) fn read(&self, start: u64, length: u64) -> Result<Vec<u8>, WeightsError> {
        if start
            .checked_add(length)
            .is_none_or(|end| end > self.length)
        {
            return Err(WeightsError::Damaged(
                "a tensor reaches past its storage".to_owned(),
            ));
        }
        self.file.read(self.start + start, length)
    }
}
