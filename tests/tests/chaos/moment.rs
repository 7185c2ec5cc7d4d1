use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use harness::Server;

use crate::installation::{Installation, Part};

const PATIENCE: Duration = Duration::from_secs(120);

/// When on a slide's path something is done to the installation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    /// The slide is in this state.
    State(&'static str),
    /// Some of its tiles are embedded.
    Embedding,
    /// This object of it is in storage.
    Object(&'static str),
}

impl Moment {
    /// Returns as soon as it has come, or has passed.
    pub(crate) fn wait(self, installation: &Installation, slide: &str) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let cases = installation.server(Part::Cases);
        while !self.has_come(installation, slide)? {
            ensure!(Instant::now() < deadline, "{self:?} of {slide} never came");
            if state(cases, slide)? == "scored" {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn has_come(self, installation: &Installation, slide: &str) -> Result<bool> {
        let cases = installation.server(Part::Cases);
        Ok(match self {
            Self::State(wanted) => state(cases, slide)? == wanted,
            Self::Object(name) => is_below(&installation.objects_of(slide), name),
            Self::Embedding => {
                let row = cases.get_json(&format!("/api/v1/slides/{slide}"))?;
                let progress = &row["progress"];
                progress["stage"] == "embed" && progress["done"].as_u64() > Some(0)
            }
        })
    }
}

fn state(cases: &Server, slide: &str) -> Result<String> {
    let row = cases.get_json(&format!("/api/v1/slides/{slide}"))?;
    let state = row["status"]["state"].as_str();
    Ok(state.unwrap_or_default().to_owned())
}

fn is_below(folder: &Path, name: &str) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| {
        path.file_name().is_some_and(|found| found == name)
            || path.is_dir() && is_below(&path, name)
    })
}
