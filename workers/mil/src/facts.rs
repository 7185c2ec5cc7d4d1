use anyhow::{Context, Result};
use flow::{BagHeader, CovariateValues, ObjectKey, SlideId, SlideManifest};
use mil::{SlideFacts, Task};
use store::Store;

/// What the slide's manifest and its bag say that a task may ask about, with what else is known.
pub(crate) async fn slide_facts(
    store: &Store,
    bag: &BagHeader,
    task: &Task,
    known: &CovariateValues,
) -> Result<SlideFacts> {
    let manifest = manifest(store, bag.slide).await?;
    let plan = task.file().covariates.as_ref();
    Ok(SlideFacts {
        scanner: manifest.scanner,
        mpp: manifest.mpp,
        n_instances: bag.n_instances,
        covariates: plan.map(|plan| plan.read(known)).unwrap_or_default(),
    })
}

pub(crate) async fn manifest(store: &Store, slide: SlideId) -> Result<SlideManifest> {
    let bytes = store.get(&ObjectKey::SlideManifest(slide)).await?;
    serde_json::from_slice(&bytes).context("the slide's manifest cannot be read")
}
