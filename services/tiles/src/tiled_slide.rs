use std::sync::Arc;

use catalog::{Catalog, SlideRow};
use flow::{
    FrameRange, Mpp, ObjectKey, PixelRect, PixelSize, PyramidIndex, Sha256Digest, SlideId,
    SlideManifest, SlideStatus, TileIndex,
};
use moka::future::Cache;
use pyramid::PyramidReader;
use store::Store;
use tokio::sync::OnceCell;

use crate::deep_zoom::{DeepZoom, DeepZoomLevel};
use crate::error::TilesError;

/// Indices of the slides looked at lately; a 100,000 px slide has 3 MB.
const MAX_BYTES: u64 = 128 * 1024 * 1024;

/// About: a cell of the tissue mask is a byte, of 32 um a side.
const TISSUE_CELLS_A_FRAME: usize = 4;

/// All that is needed to serve a slide's tiles without reading its index again.
pub(crate) struct TiledSlide {
    id: SlideId,
    /// Its regions are asked for in pixels of level 0 rather than micrometres.
    pub(crate) reader: PyramidReader,
    pub(crate) deep_zoom: DeepZoom,
    /// Begins every entity tag of this slide's pictures.
    pub(crate) tag: String,
    /// Of the index.
    pyramid: Sha256Digest,
    /// Read by the first who wants more than tiles: a slide's first tile shall not wait for it.
    manifest: OnceCell<SlideManifest>,
    store: Store,
}

/// The slides looked at lately. However many ask for a slide at once, it is read once.
pub(crate) struct TiledSlides {
    store: Store,
    catalog: Catalog,
    slides: Cache<SlideId, Arc<TiledSlide>>,
}

impl TiledSlides {
    pub(crate) fn new(store: Store, catalog: Catalog) -> Self {
        let slides = Cache::builder()
            .max_capacity(MAX_BYTES)
            .weigher(|_id, slide: &Arc<TiledSlide>| slide.memory())
            .build();
        Self {
            store,
            catalog,
            slides,
        }
    }

    /// Failures are not kept: the next call looks again.
    pub(crate) async fn get(&self, id: SlideId) -> Result<Arc<TiledSlide>, TilesError> {
        if let Some(slide) = self.slides.get(&id).await {
            return Ok(slide);
        }
        self.slides
            .try_get_with(id, self.open(id))
            .await
            .map_err(TilesError::Shared)
    }

    async fn open(&self, id: SlideId) -> Result<Arc<TiledSlide>, TilesError> {
        // Level objects lie in storage before their index does.
        let Some(bytes) = self.store.find(&ObjectKey::PyramidIndex(id)).await? else {
            return Err(self.why_not_tiled(id).await?);
        };
        let pyramid = Sha256Digest::of(&bytes);
        let index = PyramidIndex::decode(&bytes)?;
        let reader = PyramidReader::from_index(self.store.clone(), id, Mpp::new(1.0)?, index);
        Ok(Arc::new(TiledSlide {
            id,
            deep_zoom: DeepZoom::of_index(reader.index()).ok_or(TilesError::NoLevels(id))?,
            tag: pyramid.short(),
            reader,
            pyramid,
            manifest: OnceCell::new(),
            store: self.store.clone(),
        }))
    }

    async fn why_not_tiled(&self, id: SlideId) -> Result<TilesError, TilesError> {
        let row = self.catalog.slide(id).await?;
        Ok(
            row.map_or(TilesError::NoSuchSlide(id), |row| TilesError::NotTiled {
                slide: id,
                state: state_of(&row),
            }),
        )
    }
}

fn state_of(row: &SlideRow) -> String {
    match &row.status {
        SlideStatus::Held { reason } => format!("held, because {reason}"),
        status => status.name().to_owned(),
    }
}

impl TiledSlide {
    pub(crate) const fn id(&self) -> SlideId {
        self.id
    }

    pub(crate) const fn size(&self) -> PixelSize {
        self.deep_zoom.size()
    }

    /// Verified to be that of this pyramid.
    pub(crate) async fn manifest(&self) -> Result<&SlideManifest, TilesError> {
        let read = async || {
            let bytes = self.store.get(&ObjectKey::SlideManifest(self.id)).await?;
            let manifest: SlideManifest =
                serde_json::from_slice(&bytes).map_err(|source| TilesError::Manifest {
                    slide: self.id,
                    source,
                })?;
            if manifest.pyramid != self.pyramid {
                return Err(TilesError::OtherPyramid(self.id));
            }
            Ok(manifest)
        };
        self.manifest.get_or_try_init(read).await
    }

    /// Whether a Deep Zoom tile is a stored frame just as it is: all of it inside the slide.
    pub(crate) fn is_stored(
        &self,
        level: DeepZoomLevel,
        index: TileIndex,
        rect: PixelRect,
    ) -> bool {
        let side = self.deep_zoom.tile();
        let is_whole = |rect: PixelRect| rect.width == side && rect.height == side;
        let stored = self
            .deep_zoom
            .pyramid_level(level)
            .and_then(|level| self.reader.index().level(level))
            .filter(|frames| frames.grid.tile.width == side && frames.grid.tile.height == side)
            .and_then(|frames| frames.grid.clipped(index));
        is_whole(rect) && stored.is_some_and(is_whole)
    }

    fn memory(&self) -> u32 {
        let levels = &self.reader.index().levels;
        let n_frames: usize = levels.iter().map(|level| level.frames().len()).sum();
        let n_bytes = 4096 + n_frames * (size_of::<FrameRange>() + TISSUE_CELLS_A_FRAME);
        u32::try_from(n_bytes).unwrap_or(u32::MAX)
    }
}
