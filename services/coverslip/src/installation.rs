//! One data folder: storage, catalog and queue, and the models that ship.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use catalog::Catalog;
use embed_worker::{EmbedConfig, EmbedDeps, EmbedOutcome, embed_slide};
use encoder::{Compute, Encoder, EncoderConfig};
use flow::{Prediction, SlideId, TaskId};
use ingest::IngestDeps;
use mil_worker::{MilDeps, score_slide};
use queue::Queue;
use slide::DecoderCommand;
use step::ProgressSink;
use store::Store;
use task_service::TaskServices;

use crate::encoder_args::EncoderArgs;
use crate::files;
use crate::task_folder;
use crate::task_registry::{TaskRegistry, Tasks};
use crate::task_service_args::TaskServiceArgs;
use crate::tenant_args::Place;

/// In a data folder.
const CATALOG: &str = "catalog.sqlite";

/// Everything the parts of one process share.
///
/// Below a data folder: `objects/` is storage, `catalog.sqlite` the record.
#[derive(Clone)]
pub(crate) struct Installation {
    pub(crate) store: Store,
    pub(crate) catalog: Catalog,
    pub(crate) queue: Queue,
}

/// An installation that a process serves, perhaps one of several.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) place: Place,
    pub(crate) installation: Installation,
}

/// Whether a process serves several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tenancy {
    Alone,
    Tenants,
}

/// The models that score slides.
#[derive(Clone)]
pub(crate) struct Models {
    pub(crate) encoder: Arc<Encoder>,
    pub(crate) tasks: Tasks,
    pub(crate) services: TaskServices,
}

impl Installation {
    /// All of it in one folder, which is made if it is not there.
    pub(crate) async fn open(data: &Path) -> Result<Self> {
        Ok(Self {
            store: local_store(data)?,
            catalog: catalog(data).await?,
            queue: Queue::in_process(),
        })
    }

    pub(crate) fn ingest_deps(&self) -> Result<IngestDeps> {
        let Self {
            store,
            catalog,
            queue,
        } = self.clone();
        Ok(IngestDeps {
            store,
            catalog,
            queue,
            decoder: decoder()?,
        })
    }

    pub(crate) fn embed_deps(&self) -> EmbedDeps {
        let Self {
            store,
            catalog,
            queue,
        } = self.clone();
        EmbedDeps {
            store,
            catalog,
            queue,
        }
    }

    pub(crate) fn mil_deps(&self, services: TaskServices) -> MilDeps {
        let Self {
            store,
            catalog,
            queue,
        } = self.clone();
        MilDeps {
            store,
            catalog,
            queue,
            services,
            tenant: None,
        }
    }

    pub(crate) async fn embed(
        &self,
        encoder: &Arc<Encoder>,
        slide: SlideId,
        progress: ProgressSink,
    ) -> Result<EmbedOutcome> {
        let config = EmbedConfig::default();
        embed_slide(&self.embed_deps(), config, slide, encoder, progress).await
    }

    pub(crate) async fn score(
        &self,
        models: &Models,
        slide: SlideId,
        progress: ProgressSink,
    ) -> Result<Vec<Prediction>> {
        let encoder = models.encoder.reference().hash;
        let deps = self.mil_deps(models.services.clone());
        score_slide(&deps, slide, encoder, &models.tasks, progress).await
    }
}

impl Tenancy {
    pub(crate) fn of(served: &[Served]) -> Self {
        let is_tenant = |served: &Served| served.place.tenant.is_some();
        match served.iter().any(is_tenant) {
            true => Self::Tenants,
            false => Self::Alone,
        }
    }
}

impl Models {
    /// The chosen encoder, and the tasks that ship or are installed in `data`; of these only `task`
    /// if one is named.
    pub(crate) fn of(
        data: &Path,
        task: Option<&TaskId>,
        encoder: &EncoderArgs,
        services: &TaskServiceArgs,
    ) -> Result<Self> {
        let installed = task_folder::installed_in(data);
        let registry = TaskRegistry::open(&installed, encoder.retarget()?)?;
        let mut tasks = registry.tasks().to_vec();
        if let Some(id) = task {
            tasks.retain(|task| task.reference().id == *id);
            ensure!(
                !tasks.is_empty(),
                "there is no task `{id}`: `coverslip task list` has those there are"
            );
        }
        Ok(Self {
            encoder: Arc::new(encoder.load()?),
            tasks: tasks.into(),
            services: services.services()?,
        })
    }

    /// # Errors
    /// If none of the tasks reads the encoder's bags.
    pub(crate) fn ensure_scoring(&self) -> Result<()> {
        let encoder = self.encoder.reference();
        ensure!(
            self.tasks
                .iter()
                .any(|task| task.encoder_hash() == encoder.hash),
            "no task reads the bags of {} ({}): `coverslip train` makes one, `coverslip task install` \
             brings it in",
            encoder.name,
            encoder.hash.short()
        );
        Ok(())
    }
}

/// The objects in the folder, or in a folder made now.
pub(crate) fn local_store(data: &Path) -> Result<Store> {
    make_folder(data)?;
    Store::local(&data.join("objects"))
        .with_context(|| format!("cannot open the storage in {}", data.display()))
}

/// The record of what lies in the folder, or of a folder made now.
pub(crate) async fn catalog(data: &Path) -> Result<Catalog> {
    make_folder(data)?;
    open_catalog(data).await
}

/// The record of what lies in the folder.
pub(crate) async fn known_catalog(data: &Path) -> Result<Catalog> {
    ensure!(
        data.join(CATALOG).is_file(),
        "{} is no data folder: there is no {CATALOG} in it",
        data.display()
    );
    open_catalog(data).await
}

async fn open_catalog(data: &Path) -> Result<Catalog> {
    Catalog::open(&data.join(CATALOG))
        .await
        .with_context(|| format!("cannot open the catalog in {}", data.display()))
}

fn make_folder(data: &Path) -> Result<()> {
    std::fs::create_dir_all(data)
        .with_context(|| format!("cannot create the data folder {}", data.display()))
}

/// The encoder in `folder`; the one that ships if there is none.
pub(crate) fn encoder_or_shipped(folder: Option<&Path>, compute: Compute) -> Result<Encoder> {
    match folder {
        Some(folder) => read_encoder(folder, compute),
        None => shipped::encoder(compute).context("cannot load the shipped encoder"),
    }
}

/// What the encoder in `folder` is, or the one that ships if there is none, without its weights.
pub(crate) fn config_or_shipped(folder: Option<&Path>) -> Result<EncoderConfig> {
    match folder {
        Some(folder) => read_config(folder),
        None => Ok(shipped::encoder_config()?),
    }
}

/// The `encoder.json` of a folder.
pub(crate) fn read_config(folder: &Path) -> Result<EncoderConfig> {
    let config = files::read(&folder.join("encoder.json"))?;
    EncoderConfig::parse(&config).with_context(|| format!("{} holds no encoder", folder.display()))
}

/// The encoder of a folder with `encoder.json` and `model.safetensors`.
pub(crate) fn read_encoder(folder: &Path, compute: Compute) -> Result<Encoder> {
    let config = files::read(&folder.join("encoder.json"))?;
    let weights = files::read(&folder.join("model.safetensors"))?;
    Encoder::load(&config, &weights, compute)
        .with_context(|| format!("{} holds no encoder", folder.display()))
}

/// The decoder child is this very binary.
pub(crate) fn decoder() -> Result<DecoderCommand> {
    let program = std::env::current_exe().context("cannot tell where this binary lies")?;
    Ok(DecoderCommand {
        program,
        arguments: vec!["decode-child".into()],
    })
}
