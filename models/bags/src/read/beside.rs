use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::clam;
use super::hdf5_file::Hdf5File;
use crate::{BagError, TilePlaces};

/// The places that CLAM keeps for `pt_files/NAME.pt` in `h5_files/NAME.h5`.
pub(super) fn places_beside(
    path: &Path,
    n_embeddings: usize,
) -> Result<Option<TilePlaces>, BagError> {
    let Some(path) = hdf5_of(path) else {
        return Ok(None);
    };
    let file = Hdf5File::open(&path)?;
    let corners = file.corners(n_embeddings)?;
    let places = corners.map(|corners| clam::places(&file, corners));
    places.transpose()
}

/// Names of slides may hold dots, so the ending is added and not replaced.
fn hdf5_of(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    if folder.file_name() != Some(OsStr::new("pt_files")) {
        return None;
    }
    let mut name = path.file_stem()?.to_owned();
    name.push(".h5");
    let found = folder.parent()?.join("h5_files").join(name);
    found.is_file().then_some(found)
}
