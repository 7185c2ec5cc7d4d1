use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::error::SlideError;

/// The slide file, read by position only, so that threads share it without a lock.
pub(crate) struct SourceFile {
    file: File,
    n_bytes: u64,
}

impl SourceFile {
    pub(crate) fn open(path: &Path) -> Result<Self, SlideError> {
        let file = File::open(path).map_err(SlideError::io)?;
        let n_bytes = file.metadata().map_err(SlideError::io)?.len();
        Ok(Self { file, n_bytes })
    }

    pub(crate) fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// Fills `buffer` from byte `offset` on. Check the range first where the message matters.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<(), SlideError> {
        self.file
            .read_exact_at(buffer, offset)
            .map_err(SlideError::io)
    }

    /// `length` bytes from `offset` on, allocated only once it is sure that the file has them.
    pub(crate) fn bytes(
        &self,
        what: &str,
        offset: u64,
        length: u64,
    ) -> Result<Vec<u8>, SlideError> {
        self.check(what, offset, length)?;
        let mut bytes = vec![0; length as usize];
        self.read_at(&mut bytes, offset)?;
        Ok(bytes)
    }

    /// Refuses a range that does not lie in the file.
    pub(crate) fn check(&self, what: &str, offset: u64, length: u64) -> Result<(), SlideError> {
        let end = offset.saturating_add(length);
        if end > self.n_bytes {
            return Err(SlideError::Truncated {
                what: what.to_owned(),
                end,
                n_bytes: self.n_bytes,
            });
        }
        Ok(())
    }
}
