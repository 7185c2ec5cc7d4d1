//! Putting a finished file where its key says, once and for good.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use tempfile::TempPath;

/// How a file that is already there is told to be the same.
#[derive(Clone, Copy)]
pub(crate) enum Sameness {
    /// Byte for byte.
    Content,
    /// By length: the key was derived from the content's digest.
    Length,
}

pub(crate) enum Placed {
    /// The object is in place, now or since an earlier call.
    InPlace,
    /// Another object has that key.
    Conflict,
}

/// Moves `file` (complete and on disk) to `target` under `root`, on the same file system.
///
/// `file` is gone afterwards, also where the object was there already.
pub(crate) fn place(
    file: TempPath,
    target: &Path,
    root: &Path,
    sameness: Sameness,
) -> io::Result<Placed> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    match file.persist_noclobber(target) {
        Ok(()) => {}
        Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {
            if !is_same(&refused.path, target, sameness)? {
                return Ok(Placed::Conflict);
            }
        }
        Err(failed) => return Err(failed.error),
    }
    // Also when the object was there: whoever wrote it may not have come this far.
    sync_folders(target, root)?;
    Ok(Placed::InPlace)
}

/// Removes `target` under `root`, if it is there.
pub(crate) fn remove(target: &Path, root: &Path) -> io::Result<()> {
    match fs::remove_file(target) {
        Ok(()) => sync_folders(target, root),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes the names of `target` and of all folders above it, up to `root`, survive a power cut.
fn sync_folders(target: &Path, root: &Path) -> io::Result<()> {
    let folders = target.ancestors().skip(1);
    for folder in folders.take_while(|folder| folder.starts_with(root)) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn is_same(new: &Path, old: &Path, sameness: Sameness) -> io::Result<bool> {
    let (new, old) = (File::open(new)?, File::open(old)?);
    if new.metadata()?.len() != old.metadata()?.len() {
        return Ok(false);
    }
    match sameness {
        Sameness::Length => Ok(true),
        Sameness::Content => has_same_bytes(new, old),
    }
}

fn has_same_bytes(mut left: File, mut right: File) -> io::Result<bool> {
    const CHUNK: usize = 256 * 1024;
    let (mut left_bytes, mut right_bytes) = (vec![0; CHUNK], vec![0; CHUNK]);
    loop {
        let n = left.read(&mut left_bytes)?;
        if n == 0 {
            return Ok(true);
        }
        right.read_exact(&mut right_bytes[..n])?;
        if left_bytes[..n] != right_bytes[..n] {
            return Ok(false);
        }
    }
}
