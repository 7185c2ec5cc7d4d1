//! The slides that are measured: painted once, kept for the next run.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::peers;

/// Where the benchmark keeps slides and scratch data.
pub(crate) struct Inputs {
    folder: PathBuf,
    real_slides: PathBuf,
}

/// A synthetic slide and how its pyramid steps from level to level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Synthetic {
    pub(crate) side: u32,
    pub(crate) step: u32,
}

impl Inputs {
    pub(crate) fn new(folder: &Path, real_slides: &Path) -> Result<Self> {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(Self {
            // nginx takes relative paths to be relative to its own folder.
            folder: folder.canonicalize()?,
            real_slides: real_slides.to_owned(),
        })
    }

    /// Paints the slide unless an earlier run did.
    pub(crate) fn synthetic(&self, slide: Synthetic) -> Result<PathBuf> {
        let Synthetic { side, step } = slide;
        let path = self.folder.join(format!("phantom-{side}-by-{step}.tiff"));
        if !path.exists() {
            let mut paint = peers::coverslip()?;
            paint
                .arg("phantom")
                .arg(&path)
                .args(["--tumour", "0.02", "--grade", "3", "--seed", "7"]);
            paint.args(["--size", &side.to_string(), "--pyramid", &step.to_string()]);
            super::cost::run(&mut paint)?;
        }
        Ok(path)
    }

    /// A file with these bytes.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.folder.join(name);
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// A scanner's slide of the test data, if it is there.
    pub(crate) fn real(&self, name: &str) -> Option<PathBuf> {
        let path = self.real_slides.join(name);
        path.exists().then_some(path)
    }

    /// An empty folder of this name.
    pub(crate) fn fresh(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        if path.exists() {
            fs::remove_dir_all(&path)
                .with_context(|| format!("cannot empty {}", path.display()))?;
        }
        fs::create_dir_all(&path)?;
        Ok(path)
    }
}

/// Bytes with no pattern, the same in every run.
pub(super) fn noise(seed: u64) -> impl Iterator<Item = u8> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    })
}
