use std::sync::Arc;

use catalog::Catalog;
use flow::{Heatmap, ObjectKey, QualityLayer, QualityRecord, Sha256Digest, SlideId};
use http::Freshness;
use moka::future::Cache;
use serde::Deserialize;
use store::{Store, StoreError};

use crate::error::TilesError;
use crate::heatmaps::LayerValues;

/// Values of layers looked at lately; a 100,000 px slide has 0.6 MB a layer.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// One layer over the tiles of one encoder.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct QualityLayerName {
    slide: SlideId,
    encoder: Sha256Digest,
    layer: QualityLayer,
}

/// Over whose tiles: `?encoder=` says which encoder's by its sha256, else it is that of the slide's
/// newest result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct AskedEncoder {
    encoder: Option<Sha256Digest>,
}

/// The layers looked at lately. However many ask for one at once, it is read once.
pub(crate) struct Quality {
    store: Store,
    catalog: Catalog,
    kept: Cache<QualityLayerName, Arc<LayerValues>>,
}

impl AskedEncoder {
    /// An address that names the encoder never gives anything else.
    pub(crate) const fn freshness(&self) -> Freshness {
        match self.encoder {
            Some(_) => Freshness::Immutable,
            None => Freshness::Revalidate,
        }
    }
}

impl Quality {
    pub(crate) fn new(store: Store, catalog: Catalog) -> Self {
        let kept = Cache::builder()
            .max_capacity(MAX_BYTES)
            .weigher(|_name, layer: &Arc<LayerValues>| {
                u32::try_from(4 * layer.heatmap.values.len() + 256).unwrap_or(u32::MAX)
            })
            .build();
        Self {
            store,
            catalog,
            kept,
        }
    }

    /// What was measured over the tiles of an encoder.
    pub(crate) async fn record(
        &self,
        slide: SlideId,
        asked: &AskedEncoder,
    ) -> Result<QualityRecord, TilesError> {
        let encoder = match asked.encoder {
            Some(encoder) => encoder,
            None => self.newest_encoder(slide).await?,
        };
        let bytes = match self.store.get(&ObjectKey::Quality(slide, encoder)).await {
            Ok(bytes) => bytes,
            Err(StoreError::NotFound { .. }) => return Err(TilesError::NoQuality(slide)),
            Err(other) => return Err(other.into()),
        };
        serde_json::from_slice(&bytes).map_err(|source| TilesError::Quality { slide, source })
    }

    pub(crate) async fn layer(
        &self,
        record: &QualityRecord,
        layer: QualityLayer,
    ) -> Result<Arc<LayerValues>, TilesError> {
        let name = QualityLayerName {
            slide: record.slide,
            encoder: record.encoder,
            layer,
        };
        let read = self.read(&name, record);
        let read = self.kept.try_get_with_by_ref(&name, read);
        read.await.map_err(TilesError::Shared)
    }

    async fn newest_encoder(&self, slide: SlideId) -> Result<Sha256Digest, TilesError> {
        let newest_first = self.catalog.predictions(slide).await?;
        let newest = newest_first.first().map(|newest| newest.encoder.hash);
        newest.ok_or(TilesError::NoQuality(slide))
    }

    async fn read(
        &self,
        name: &QualityLayerName,
        record: &QualityRecord,
    ) -> Result<Arc<LayerValues>, TilesError> {
        let key = ObjectKey::QualityLayer(name.slide, name.encoder, name.layer);
        let bytes = self.store.get(&key).await?;
        let digest = record.digest_of(name.layer)?;
        digest.verify("quality layer", &bytes)?;
        Ok(Arc::new(LayerValues {
            version: digest.short(),
            heatmap: Heatmap::decode(&bytes)?,
        }))
    }
}
