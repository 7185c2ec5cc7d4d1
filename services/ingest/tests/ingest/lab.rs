//! An installation in a temporary folder, without any process around it.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog::{Catalog, SlideRow};
use coverslip_ingest::{Arrival, Deidentify, IngestDeps};
use flow::{SlideId, SlideStatus};
use phantom::PhantomSpec;
use queue::Queue;
use slide::DecoderCommand;
use step::ProgressSink;
use store::Store;
use tempfile::TempDir;

pub(crate) type Tested = Result<(), Box<dyn Error>>;

pub(crate) struct Lab {
    pub(crate) folder: TempDir,
    pub(crate) deps: IngestDeps,
}

impl Lab {
    pub(crate) async fn open() -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let deps = IngestDeps {
            store: Store::local(&folder.path().join("objects"))?,
            catalog: Catalog::open(&folder.path().join("catalog.sqlite")).await?,
            queue: Queue::in_process(),
            decoder: no_decoder(),
        };
        Ok(Self { folder, deps })
    }

    pub(crate) async fn row(&self, id: SlideId) -> Result<SlideRow, Box<dyn Error>> {
        Ok(self
            .deps
            .catalog
            .slide(id)
            .await?
            .ok_or("the slide is not in the catalog")?)
    }

    pub(crate) async fn status(&self, id: SlideId) -> Result<SlideStatus, Box<dyn Error>> {
        Ok(self.row(id).await?.status)
    }

    /// Every file in storage, finished or not.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(&self.folder.path().join("objects"), &mut found);
        found
    }
}

/// Paints a small slide with a pyramid that lacks every second level.
pub(crate) fn small_phantom(path: &Path, seed: u64) -> Tested {
    let spec = PhantomSpec {
        pyramid: phantom::PyramidStep::Four,
        ..PhantomSpec::benign(1_536, seed)
    };
    phantom::write_slide(&spec, path, &|_| {})?;
    Ok(())
}

pub(crate) fn arrival() -> Arrival {
    Arrival {
        bearer: "test".to_owned(),
        file_name: None,
        digest: None,
        mpp: None,
        deidentify: Deidentify::No,
        trace: None,
    }
}

pub(crate) fn no_progress() -> ProgressSink {
    Arc::new(|_| {})
}

/// These tests read native formats, for which no decoder is ever started.
pub(crate) fn no_decoder() -> DecoderCommand {
    DecoderCommand {
        program: "/nowhere/decoder".into(),
        arguments: Vec::new(),
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}
