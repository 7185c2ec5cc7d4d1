use std::sync::Arc;

use bytes::Bytes;
use catalog::Catalog;
use flow::SlideId;
use http::{FirstRead, FirstReadRule};
use store::Store;
use telemetry::TileMaking;

use crate::error::TilesError;
use crate::heatmaps::{Heatmaps, SoFar};
use crate::metrics::TilesMetrics;
use crate::quality::Quality;
use crate::renditions::Renditions;
use crate::similar::{SearchConfig, Similar};
use crate::tiled_slide::{TiledSlide, TiledSlides};
use http::EntityTag;

/// What the routes share.
pub struct TilesState {
    pub(crate) store: Store,
    pub(crate) catalog: Catalog,
    pub(crate) slides: TiledSlides,
    pub(crate) heatmaps: Heatmaps,
    pub(crate) so_far: SoFar,
    pub(crate) quality: Quality,
    pub(crate) first_read: FirstRead,
    pub(crate) similar: Similar,
    renditions: Renditions,
    pub(crate) metrics: TilesMetrics,
}

impl TilesState {
    /// Call it after the metrics recorder is installed.
    pub fn new(store: Store, catalog: Catalog) -> Self {
        Self {
            slides: TiledSlides::new(store.clone(), catalog.clone()),
            heatmaps: Heatmaps::new(store.clone(), catalog.clone()),
            so_far: SoFar::new(store.clone(), catalog.clone()),
            quality: Quality::new(store.clone(), catalog.clone()),
            first_read: FirstRead::new(FirstReadRule::default(), catalog.clone()),
            similar: Similar::new(store.clone(), catalog.clone(), SearchConfig::default()),
            renditions: Renditions::new(),
            metrics: TilesMetrics::new(),
            store,
            catalog,
        }
    }

    /// Of an installation with this rule.
    pub fn reading_first(self, rule: FirstReadRule) -> Self {
        let first_read = FirstRead::new(rule, self.catalog.clone());
        Self { first_read, ..self }
    }

    /// Searching for similar places so.
    pub fn searching(self, config: SearchConfig) -> Self {
        let similar = Similar::new(self.store.clone(), self.catalog.clone(), config);
        Self { similar, ..self }
    }

    /// The tiled slide that a part of an address names.
    pub(crate) async fn slide(&self, id: &str) -> Result<Arc<TiledSlide>, TilesError> {
        let id = id.parse().map_err(|_other| TilesError::NoSuchAddress)?;
        self.slides.get(id).await
    }

    /// The picture that `tag` stands for: kept from before, or made by `make` and counted.
    pub(crate) async fn rendition(
        &self,
        slide: SlideId,
        tag: &EntityTag,
        how: TileMaking,
        make: impl Future<Output = Result<Bytes, TilesError>>,
    ) -> Result<Bytes, TilesError> {
        let counted = async {
            self.metrics.made(how);
            make.await
        };
        self.renditions.get(slide, tag, counted).await
    }
}
