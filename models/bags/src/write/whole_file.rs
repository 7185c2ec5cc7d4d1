use std::fs::{self, File};
use std::path::Path;

use crate::BagError;

/// Writes beside `path` and renames, so that a file under its name is always whole.
pub(super) fn write_whole(
    path: &Path,
    write: impl FnOnce(&File) -> Result<(), BagError>,
) -> Result<(), BagError> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let file = File::create(part).map_err(BagError::Write)?;
    let written = write(&file).and_then(|()| fs::rename(part, path).map_err(BagError::Write));
    if written.is_err() {
        // The first error is the one to tell of.
        let _removed = fs::remove_file(part);
    }
    written
}
