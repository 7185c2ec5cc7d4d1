use anyhow::{Context, Result};
use flow::{Heatmap, ObjectKey, QualityLayer, QualityRecord, Sha256Digest};
use store::Store;

use store::Bag;

/// Which tiles of a bag are flagged for their quality.
pub(crate) struct Flags {
    /// sha256 of the record that says so.
    pub(crate) quality: Sha256Digest,
    /// One an instance.
    pub(crate) is_flagged: Vec<bool>,
}

impl Flags {
    /// `None` where quality was not measured.
    ///
    /// # Errors
    /// If what was measured cannot be read, or is damaged.
    pub(crate) async fn read(store: &Store, bag: &Bag) -> Result<Option<Self>> {
        let (slide, encoder) = (bag.header.slide, bag.header.encoder.hash);
        let Some(bytes) = store.find(&ObjectKey::Quality(slide, encoder)).await? else {
            return Ok(None);
        };
        let record: QualityRecord =
            serde_json::from_slice(&bytes).context("the slide's quality record cannot be read")?;
        let key = ObjectKey::QualityLayer(slide, encoder, QualityLayer::Flagged);
        let layer = store.get(&key).await?;
        let digest = record.digest_of(QualityLayer::Flagged)?;
        digest.verify("quality layer", &layer)?;
        let flagged = Heatmap::decode(&layer)?;
        let cells = bag.cells().into_iter();
        Ok(Some(Self {
            quality: Sha256Digest::of(&bytes),
            is_flagged: cells
                .map(|cell| {
                    flagged
                        .value(cell.column, cell.row)
                        .is_some_and(|v| v > 0.0)
                })
                .collect(),
        }))
    }

    pub(crate) fn n_flagged(&self) -> usize {
        self.is_flagged.iter().filter(|flagged| **flagged).count()
    }

    /// The embeddings of all other instances of the bag.
    pub(crate) fn embeddings_left(&self, bag: &Bag) -> Vec<f32> {
        let width = bag.header.dimension as usize;
        let instances = bag.embeddings.chunks_exact(width).zip(&self.is_flagged);
        let left = instances.filter(|(_, is_flagged)| !**is_flagged);
        left.flat_map(|(embedding, _)| embedding).copied().collect()
    }
}
