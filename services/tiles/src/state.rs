use std::sync::Arc;

use catalog::Catalog;
use store::Store;

use crate::error::TilesError;
use crate::heatmaps::Heatmaps;
use crate::metrics::TilesMetrics;
use crate::renditions::Renditions;
use crate::tiled_slide::{TiledSlide, TiledSlides};

/// What the routes share.
pub struct TilesState {
    pub(crate) store: Store,
    pub(crate) catalog: Catalog,
    pub(crate) slides: TiledSlides,
    pub(crate) heatmaps: Heatmaps,
    pub(crate) renditions: Renditions,
    pub(crate) metrics: TilesMetrics,
}

impl TilesState {
    /// Call it after the metrics recorder is installed.
    pub fn new(store: Store, catalog: Catalog) -> Self {
        Self {
            slides: TiledSlides::new(store.clone(), catalog.clone()),
            heatmaps: Heatmaps::new(store.clone(), catalog.clone()),
            renditions: Renditions::new(),
            metrics: TilesMetrics::new(),
            store,
            catalog,
        }
    }

    /// The tiled slide that a part of an address names.
    pub(crate) async fn slide(&self, id: &str) -> Result<Arc<TiledSlide>, TilesError> {
        let id = id.parse().map_err(|_other| TilesError::NoSuchAddress)?;
        self.slides.get(id).await
    }
}
