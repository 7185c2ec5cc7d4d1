//! The files of bags that other tools left.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// The files of bags at `path`: itself, or those of the folder in the order of their names. Where
/// CLAM left two folders, those with the places of tiles are taken.
pub(crate) fn bag_files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let folder = ["h5_files", "pt_files"].map(|name| path.join(name));
    let folder = folder.iter().find(|folder| folder.is_dir());
    let folder = folder.map_or(path, PathBuf::as_path);
    let failed = || format!("cannot read the folder {}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(failed)? {
        let path = entry.with_context(failed)?.path();
        let is_bag = |ending: &std::ffi::OsStr| ending == "h5" || ending == "pt";
        if path.is_file() && path.extension().is_some_and(is_bag) {
            found.push(path);
        }
    }
    ensure!(
        !found.is_empty(),
        "{} holds no .h5 and no .pt file",
        folder.display()
    );
    found.sort();
    Ok(found)
}

/// What a file of a bag is called after: its name without the ending.
pub(crate) fn slide_name(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}
