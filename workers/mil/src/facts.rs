use anyhow::{Context, Result};
use flow::{BagHeader, ObjectKey, SlideManifest};
use mil::SlideFacts;
use store::Store;

/// What the slide's manifest and its bag say that a task may ask about.
pub(crate) async fn slide_facts(store: &Store, bag: &BagHeader) -> Result<SlideFacts> {
    let bytes = store.get(&ObjectKey::SlideManifest(bag.slide)).await?;
    let manifest: SlideManifest =
        serde_json::from_slice(&bytes).context("the slide's manifest cannot be read")?;
    Ok(SlideFacts {
        scanner: manifest.scanner,
        mpp: manifest.mpp,
        n_instances: bag.n_instances,
    })
}
