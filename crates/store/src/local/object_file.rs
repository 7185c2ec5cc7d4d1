use std::fs::File;
use std::io::{self, IoSliceMut};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::io::{Errno, ReadWriteFlags, preadv2};

/// An open object. Objects never change, so its size is read once.
#[derive(Debug)]
pub(crate) struct ObjectFile {
    file: File,
    size: u64,
}

impl ObjectFile {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let size = metadata.len();
        Ok(Self { file, size })
    }

    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// The bytes if all of them are in memory already; never waits for the disk.
    pub(crate) fn read_cached(&self, range: &Range<u64>) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = vec![0; length(range)?];
        let mut slices = [IoSliceMut::new(&mut bytes)];
        let read = preadv2(&self.file, &mut slices, range.start, ReadWriteFlags::NOWAIT);
        match read {
            Ok(n) => Ok((n == bytes.len()).then_some(bytes)),
            // Not in memory, interrupted, or a file system that cannot tell.
            Err(Errno::AGAIN | Errno::INTR | Errno::OPNOTSUPP) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// Waits for the disk where it must.
    pub(crate) fn read(&self, range: &Range<u64>) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length(range)?];
        self.file.read_exact_at(&mut bytes, range.start)?;
        Ok(bytes)
    }
}

fn length(range: &Range<u64>) -> io::Result<usize> {
    usize::try_from(range.end - range.start).map_err(io::Error::other)
}
