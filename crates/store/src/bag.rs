use flow::{BagChunk, BagHeader, FlowError, Instance, ObjectKey, Sha256Digest, SlideId, TileIndex};
use thiserror::Error;

use crate::{Store, StoreError};

/// A slide's embeddings in memory, every chunk checked against the header.
#[derive(Clone, Debug)]
pub struct Bag {
    pub header: BagHeader,
    pub instances: Vec<Instance>,
    /// `instances.len() * header.dimension` values.
    pub embeddings: Vec<f32>,
}

/// Why a bag could not be read.
#[derive(Debug, Error)]
pub enum BagError {
    #[error("the bag cannot be read")]
    Store(#[from] StoreError),
    #[error("the bag's header cannot be read")]
    Header(#[from] serde_json::Error),
    #[error("the bag is damaged")]
    Chunk(#[from] FlowError),
    #[error("a chunk of the bag has another dimension than its header says")]
    Dimension,
    #[error("the bag's chunks do not hold the instances that its header counts")]
    Count,
}

impl Bag {
    /// # Errors
    /// If the encoder left no bag of the slide, or the bag is damaged.
    pub async fn read(
        store: &Store,
        slide: SlideId,
        encoder: Sha256Digest,
    ) -> Result<Self, BagError> {
        let mut bag = Self {
            header: Self::read_header(store, slide, encoder).await?,
            instances: Vec::new(),
            embeddings: Vec::new(),
        };
        for (number, chunk) in (0..).zip(&bag.header.chunks) {
            let key = ObjectKey::BagChunk(slide, encoder, number);
            let bytes = store.get(&key).await?;
            chunk.sha256.verify("bag chunk", &bytes)?;
            let chunk = BagChunk::decode(&bytes)?;
            if chunk.dimension != bag.header.dimension {
                return Err(BagError::Dimension);
            }
            bag.instances.extend(chunk.instances);
            bag.embeddings.extend(chunk.embeddings);
        }
        match bag.instances.len() as u64 == bag.header.n_instances {
            true => Ok(bag),
            false => Err(BagError::Count),
        }
    }

    /// What the bag is, without its embeddings.
    ///
    /// # Errors
    /// If the encoder left no bag of the slide, or the header cannot be read.
    pub async fn read_header(
        store: &Store,
        slide: SlideId,
        encoder: Sha256Digest,
    ) -> Result<BagHeader, BagError> {
        let bytes = store.get(&ObjectKey::Bag(slide, encoder)).await?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// Where each instance lies on the grid of tiles.
    pub fn cells(&self) -> Vec<TileIndex> {
        let cell = |instance| self.header.cell(instance);
        self.instances.iter().map(cell).collect()
    }
}

impl BagError {
    /// Whether the encoder left no bag of the slide.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Store(StoreError::NotFound { .. }))
    }
}
