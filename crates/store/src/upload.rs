use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use flow::{DigestWriter, Sha256Digest};
use tempfile::TempPath;

use crate::StoreError;
use crate::blocking::blocking;
use crate::scratch::ScratchSpace;

/// Bytes gathered before they are hashed and written away from the async threads.
const CHUNK: usize = 1024 * 1024;

/// A file on its way in: hashed as it comes, in constant memory. Dropped unfinished, it is gone.
pub struct Upload {
    waiting: Vec<u8>,
    n_bytes: u64,
    /// Absent after a failed or abandoned write: bytes may be missing.
    writer: Option<Writer>,
}

/// A complete file in scratch that has no key yet. Dropped, it is gone.
#[derive(Debug)]
pub struct ReceivedFile {
    pub digest: Sha256Digest,
    pub n_bytes: u64,
    pub(crate) path: TempPath,
}

impl ReceivedFile {
    /// Where it lies on this machine, to be looked at and not to be written to.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Upload {
    pub(crate) async fn start(scratch: &Arc<ScratchSpace>) -> Result<Self, StoreError> {
        let scratch = Arc::clone(scratch);
        let file = blocking(move || scratch.file())
            .await
            .map_err(StoreError::disk("start an upload"))?;
        let (file, path) = file.into_parts();
        Ok(Self {
            waiting: Vec::with_capacity(CHUNK),
            n_bytes: 0,
            writer: Some(Writer {
                file: DigestWriter::new(file),
                path,
            }),
        })
    }

    /// After an error, or when the future was dropped before it was done, the upload is broken and
    /// every later call says so.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        while !bytes.is_empty() {
            let n = bytes.len().min(CHUNK - self.waiting.len());
            let (now, later) = bytes.split_at(n);
            self.waiting.extend_from_slice(now);
            self.n_bytes += now.len() as u64;
            bytes = later;
            if self.waiting.len() == CHUNK {
                self.write_waiting().await?;
            }
        }
        Ok(())
    }

    /// The whole file. It outlives a power cut only once it is adopted.
    pub async fn finish(mut self) -> Result<ReceivedFile, StoreError> {
        self.write_waiting().await?;
        let writer = self.writer.ok_or(StoreError::UploadBroken)?;
        let (_written, digest) = writer.file.finish();
        Ok(ReceivedFile {
            digest,
            n_bytes: self.n_bytes,
            path: writer.path,
        })
    }

    async fn write_waiting(&mut self) -> Result<(), StoreError> {
        let mut writer = self.writer.take().ok_or(StoreError::UploadBroken)?;
        let chunk = std::mem::take(&mut self.waiting);
        let (mut chunk, writer) = blocking(move || {
            writer.file.write_all(&chunk)?;
            Ok((chunk, writer))
        })
        .await
        .map_err(StoreError::disk("write an upload"))?;
        chunk.clear();
        self.waiting = chunk;
        self.writer = Some(writer);
        Ok(())
    }
}

struct Writer {
    file: DigestWriter<File>,
    path: TempPath,
}
