use std::sync::Arc;

use catalog::Catalog;
use flow::{BagHeader, Instance, Sha256Digest, SlideId, TileIndex};
use moka::future::Cache;
use similarity::UnitVectors;
use store::{Bag, Store};
use tokio::task::spawn_blocking;

use super::error::SimilarError;

/// Embeddings of slides that are searched now; a slide of 20,000 tiles and 384 values has 31 MB.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// A slide's embeddings, ready to be compared.
pub(super) struct EmbeddedSlide {
    pub(super) header: BagHeader,
    pub(super) instances: Vec<Instance>,
    /// Where the instances lie on the grid of tiles.
    pub(super) cells: Vec<TileIndex>,
    pub(super) vectors: UnitVectors,
}

/// Finds and reads the bags of slides. However many search one at once, it is read once.
pub(super) struct EmbeddedSlides {
    store: Store,
    catalog: Catalog,
    kept: Cache<(SlideId, Sha256Digest), Arc<EmbeddedSlide>>,
}

impl EmbeddedSlides {
    pub(super) fn new(store: Store, catalog: Catalog) -> Self {
        let kept = Cache::builder()
            .max_capacity(MAX_BYTES)
            .weigher(|_key, slide: &Arc<EmbeddedSlide>| slide.memory())
            .build();
        Self {
            store,
            catalog,
            kept,
        }
    }

    pub(super) async fn get(
        &self,
        slide: SlideId,
        encoder: Sha256Digest,
    ) -> Result<Arc<EmbeddedSlide>, SimilarError> {
        let read = async {
            let read = read(&self.store, slide, encoder).await?;
            Ok::<_, SimilarError>(Arc::new(read))
        };
        let read = self.kept.try_get_with((slide, encoder), read);
        read.await.map_err(SimilarError::Shared)
    }

    /// The slide's bag by `asked`, if there is one.
    pub(super) async fn header(
        &self,
        slide: SlideId,
        asked: Sha256Digest,
    ) -> Result<Option<BagHeader>, SimilarError> {
        header(&self.store, slide, asked).await
    }

    /// All bags of the slide that its results name or that go by one of `others`; those of the latest
    /// results first.
    pub(super) async fn headers(
        &self,
        slide: SlideId,
        others: &[Sha256Digest],
    ) -> Result<Vec<BagHeader>, SimilarError> {
        let results = self.catalog.predictions(slide).await?;
        let named = results.iter().map(|result| result.encoder.hash);
        let mut headers: Vec<BagHeader> = Vec::new();
        for encoder in named.chain(others.iter().copied()) {
            let is_known = headers.iter().any(|known| known.encoder.hash == encoder);
            if !is_known {
                headers.extend(header(&self.store, slide, encoder).await?);
            }
        }
        Ok(headers)
    }
}

/// Reads a bag without keeping it.
pub(super) async fn read(
    store: &Store,
    slide: SlideId,
    encoder: Sha256Digest,
) -> Result<EmbeddedSlide, SimilarError> {
    let bag = Bag::read(store, slide, encoder).await?;
    spawn_blocking(move || EmbeddedSlide::of(bag)).await?
}

pub(super) async fn header(
    store: &Store,
    slide: SlideId,
    encoder: Sha256Digest,
) -> Result<Option<BagHeader>, SimilarError> {
    match Bag::read_header(store, slide, encoder).await {
        Ok(header) => Ok(Some(header)),
        Err(missing) if missing.is_missing() => Ok(None),
        Err(other) => Err(other.into()),
    }
}

impl EmbeddedSlide {
    fn of(bag: Bag) -> Result<Self, SimilarError> {
        Ok(Self {
            cells: bag.cells(),
            vectors: UnitVectors::scaled(bag.header.dimension as usize, bag.embeddings)?,
            header: bag.header,
            instances: bag.instances,
        })
    }

    fn memory(&self) -> u32 {
        let a_tile = size_of::<Instance>() + size_of::<TileIndex>();
        let values = self.vectors.len() * self.vectors.dimension() * size_of::<f32>();
        let n_bytes = 4096 + self.instances.len() * a_tile + values;
        u32::try_from(n_bytes).unwrap_or(u32::MAX)
    }
}
