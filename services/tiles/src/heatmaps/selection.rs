use std::sync::Arc;

use catalog::Catalog;
use flow::{Heatmap, HeatmapLayer, ObjectKey, Prediction, SlideId, TaskId};
use moka::future::Cache;
use serde::Deserialize;
use store::Store;

use super::kept::kept_layers;
use super::shown::LayerValues;
use crate::error::TilesError;
use http::Freshness;

/// Values of layers looked at lately; a 100,000 px slide has 0.6 MB a layer.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// One layer of one result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LayerName {
    pub(crate) slide: SlideId,
    pub(crate) task: TaskId,
    pub(crate) layer: HeatmapLayer,
}

/// Which of a task's results is meant: `?v=` names one, else it is the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct AskedVersion {
    v: Option<String>,
}

/// The layers looked at lately. However many ask for one at once, it is read once.
pub(crate) struct Heatmaps {
    store: Store,
    catalog: Catalog,
    kept: Cache<(LayerName, String), Arc<LayerValues>>,
}

impl AskedVersion {
    /// An address that names the result never gives anything else.
    pub(crate) const fn freshness(&self) -> Freshness {
        match self.v {
            Some(_) => Freshness::Immutable,
            None => Freshness::Revalidate,
        }
    }
}

impl Heatmaps {
    pub(crate) fn new(store: Store, catalog: Catalog) -> Self {
        Self {
            store,
            catalog,
            kept: kept_layers(MAX_BYTES),
        }
    }

    pub(crate) async fn get(
        &self,
        name: &LayerName,
        asked: &AskedVersion,
    ) -> Result<Arc<LayerValues>, TilesError> {
        if let Some(version) = &asked.v {
            let kept = self.kept.get(&(name.clone(), version.clone())).await;
            if let Some(layer) = kept {
                return Ok(layer);
            }
        }
        let prediction = self.prediction(name, asked).await?;
        let version = prediction.digest().short();
        let read = self.read(name, &prediction, version.clone());
        let key = (name.clone(), version);
        let read = self.kept.try_get_with(key, read);
        read.await.map_err(TilesError::Shared)
    }

    async fn prediction(
        &self,
        name: &LayerName,
        asked: &AskedVersion,
    ) -> Result<Prediction, TilesError> {
        let newest_first = self.catalog.predictions(name.slide).await?;
        let is_asked = |prediction: &Prediction| {
            let is_version = |version: &String| prediction.digest().short() == *version;
            prediction.task.id == name.task && asked.v.as_ref().is_none_or(is_version)
        };
        let found = newest_first.into_iter().find(is_asked);
        found.ok_or_else(|| TilesError::NotScored {
            slide: name.slide,
            task: name.task.clone(),
        })
    }

    async fn read(
        &self,
        name: &LayerName,
        prediction: &Prediction,
        version: String,
    ) -> Result<Arc<LayerValues>, TilesError> {
        let key = ObjectKey::Heatmap(name.slide, prediction.name(), name.layer);
        let Some(bytes) = self.store.find(&key).await? else {
            return Err(TilesError::NoSuchHeatmap(name.clone()));
        };
        let heatmap = Heatmap::decode(&bytes)?;
        Ok(Arc::new(LayerValues { version, heatmap }))
    }
}
