use std::sync::Arc;

use catalog::Catalog;
use flow::{Heatmap, ObjectKey, QualityLayer, QualityRecord, Sha256Digest, SlideId};
use http::Freshness;
use moka::future::Cache;
use serde::Deserialize;
use store::Store;

use crate::error::TilesError;
use crate::heatmaps::{LayerValues, kept_layers};

/// Values of layers looked at lately; a 100,000 px slide has 0.6 MB a layer.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// What was measured of slides looked at lately: under 1 kB each, and asked for with every tile.
const MAX_RECORDS: u64 = 1000;

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
    records: Cache<(SlideId, Sha256Digest), Arc<QualityRecord>>,
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
        Self {
            store,
            catalog,
            records: Cache::new(MAX_RECORDS),
            kept: kept_layers(MAX_BYTES),
        }
    }

    /// What was measured over the tiles of an encoder.
    pub(crate) async fn record(
        &self,
        slide: SlideId,
        asked: &AskedEncoder,
    ) -> Result<Arc<QualityRecord>, TilesError> {
        let encoder = match asked.encoder {
            Some(encoder) => encoder,
            None => self.newest_encoder(slide).await?,
        };
        let read = self.read_record(slide, encoder);
        let read = self.records.try_get_with((slide, encoder), read);
        read.await.map_err(TilesError::Shared)
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
        let read = self.read_layer(&name, record);
        let read = self.kept.try_get_with_by_ref(&name, read);
        read.await.map_err(TilesError::Shared)
    }

    async fn newest_encoder(&self, slide: SlideId) -> Result<Sha256Digest, TilesError> {
        let newest_first = self.catalog.predictions(slide).await?;
        let newest = newest_first.first().map(|newest| newest.encoder.hash);
        newest.ok_or(TilesError::NoQuality(slide))
    }

    async fn read_record(
        &self,
        slide: SlideId,
        encoder: Sha256Digest,
    ) -> Result<Arc<QualityRecord>, TilesError> {
        let Some(bytes) = self.store.find(&ObjectKey::Quality(slide, encoder)).await? else {
            return Err(TilesError::NoQuality(slide));
        };
        let record = serde_json::from_slice(&bytes);
        let record = record.map_err(|source| TilesError::Quality { slide, source })?;
        Ok(Arc::new(record))
    }

    async fn read_layer(
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
