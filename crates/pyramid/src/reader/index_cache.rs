use flow::{PyramidIndex, SlideId};
use moka::future::Cache;
use store::Store;

use crate::{PyramidError, PyramidReader};

/// Readers of the slides looked at lately, so that a tile needs no index read. However many ask
/// for a slide at once, its index is read once. Cheap to clone.
#[derive(Clone)]
pub struct IndexCache {
    store: Store,
    readers: Cache<SlideId, PyramidReader>,
}

impl IndexCache {
    /// Keeps indices of up to `max_bytes` bytes in memory, dropping those not used for longest.
    pub fn new(store: Store, max_bytes: u64) -> Self {
        let readers = Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|_slide, reader: &PyramidReader| memory_of(reader.index()))
            .build();
        Self { store, readers }
    }

    /// The slide's reader. Failures are not kept: the next call tries again.
    pub async fn reader(&self, slide: SlideId) -> Result<PyramidReader, PyramidError> {
        self.readers
            .try_get_with(slide, PyramidReader::open(&self.store, slide))
            .await
            .map_err(PyramidError::Shared)
    }
}

fn memory_of(index: &PyramidIndex) -> u32 {
    let n_frames: usize = index.levels.iter().map(|level| level.frames().len()).sum();
    let n_bytes = 1024 + n_frames * size_of::<flow::FrameRange>();
    u32::try_from(n_bytes).unwrap_or(u32::MAX)
}
