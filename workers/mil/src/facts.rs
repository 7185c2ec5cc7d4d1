use anyhow::{Context, Result};
use flow::{BagHeader, CovariateValues, ObjectKey, SlideId, SlideManifest};
use mil::{CovariatePlan, SlideFacts};
use store::Store;

pub(crate) async fn slide_manifest(store: &Store, slide: SlideId) -> Result<SlideManifest> {
    let bytes = store.get(&ObjectKey::SlideManifest(slide)).await?;
    serde_json::from_slice(&bytes).context("the slide's manifest cannot be read")
}

/// What the slide's manifest and its bag say that a task may ask about, with what else is known that its
/// plan reads.
pub(crate) fn slide_facts(
    manifest: SlideManifest,
    bag: &BagHeader,
    plan: Option<&CovariatePlan>,
    known: &CovariateValues,
) -> SlideFacts {
    SlideFacts {
        scanner: manifest.scanner,
        mpp: manifest.mpp,
        n_instances: bag.n_instances,
        covariates: plan.map(|plan| plan.read(known)).unwrap_or_default(),
    }
}
