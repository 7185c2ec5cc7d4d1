//! One data folder: storage, catalog and queue, with the encoder and the tasks that ship.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use catalog::Catalog;
use encoder::Encoder;
use mil::Task;
use queue::Queue;
use slide::DecoderCommand;
use store::Store;

/// Everything the parts of one process share.
///
/// Below the folder: `objects/` is storage, `catalog.sqlite` the record.
#[derive(Clone)]
pub(crate) struct Installation {
    pub(crate) store: Store,
    pub(crate) catalog: Catalog,
    pub(crate) queue: Queue,
    pub(crate) decoder: DecoderCommand,
}

impl Installation {
    /// Opens the folder, or makes it.
    pub(crate) async fn open(data: &Path) -> Result<Self> {
        std::fs::create_dir_all(data)
            .with_context(|| format!("cannot create the data folder {}", data.display()))?;
        let store = Store::local(&data.join("objects"))
            .with_context(|| format!("cannot open the storage in {}", data.display()))?;
        let catalog = Catalog::open(&data.join("catalog.sqlite"))
            .await
            .with_context(|| format!("cannot open the catalog in {}", data.display()))?;
        Ok(Self { store, catalog, queue: Queue::in_process(), decoder: decoder()? })
    }
}

/// The decoder child is this very binary.
pub(crate) fn decoder() -> Result<DecoderCommand> {
    let program: PathBuf =
        std::env::current_exe().context("cannot tell where this binary lies")?;
    Ok(DecoderCommand::new(program, ["decode-child"]))
}

/// The models that score slides.
#[derive(Clone)]
pub(crate) struct Models {
    pub(crate) encoder: Arc<Encoder>,
    pub(crate) tasks: Arc<[Task]>,
}

impl Models {
    /// Those that ship, checked against their sha256.
    pub(crate) fn shipped() -> Result<Self> {
        let encoder = shipped::encoder().context("cannot load the shipped encoder")?;
        let tasks = shipped::tasks().context("cannot load the shipped tasks")?;
        Ok(Self { encoder: Arc::new(encoder), tasks: tasks.into() })
    }
}
