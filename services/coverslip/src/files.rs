//! Whole files, with errors that name them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::print;

pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

pub(crate) fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Writes the files and prints where each lies.
pub(crate) fn write_shown(folder: &Path, files: &[(&str, &[u8])]) -> Result<()> {
    for path in write(folder, files)? {
        print::line(&path.display().to_string())?;
    }
    Ok(())
}

/// Writes the files; where each lies now.
pub(crate) fn write(folder: &Path, files: &[(&str, &[u8])]) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(files.iter().map(|(name, _)| folder.join(name)).collect())
}
