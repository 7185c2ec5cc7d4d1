use std::path::Path;

use anyhow::{Context, Result, ensure};
use harness::{Finished, run};

/// Of a command that must succeed.
pub(crate) fn done(arguments: &[&str]) -> Result<Finished> {
    let finished = run(arguments)?;
    ensure!(finished.code == Some(0), "{arguments:?}: {finished:?}");
    Ok(finished)
}

pub(crate) fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path of text")
}
