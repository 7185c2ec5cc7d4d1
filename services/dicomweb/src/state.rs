use std::sync::Arc;
use std::thread;

use catalog::Catalog;
use dicom_objects::Uid;
use flow::SlideId;
use http::{Access, ApiError, FirstRead, FirstReadRule};
use pyramid::{IndexCache, PyramidError};
use serde_json::{Map, Value};
use store::Store;
use tokio::sync::Semaphore;

use crate::address::{InstanceAddress, SeriesAddress};
use crate::directory::Directory;
use crate::error::DicomwebError;
use crate::metadata::Metadata;
use crate::results::{MadeObjects, ToldInstance, results_of};
use crate::study::{Instance, Study};

/// Indices of the slides asked for lately; a 100,000 px slide has 3 MB.
const INDEX_BYTES: u64 = 64 * 1024 * 1024;

/// What the routes share.
pub struct DicomwebState {
    pub(crate) catalog: Catalog,
    pub(crate) directory: Directory,
    pub(crate) metadata: Metadata,
    pub(crate) made: MadeObjects,
    /// As many pictures are drawn, or whole directories searched, as there are processors.
    pub(crate) places: Semaphore,
    readers: IndexCache,
    first_read: FirstRead,
}

impl DicomwebState {
    pub fn new(store: Store, catalog: Catalog) -> Self {
        let n_places = thread::available_parallelism().map_or(2, usize::from);
        Self {
            directory: Directory::new(catalog.clone()),
            metadata: Metadata::new(),
            made: MadeObjects::new(store.clone()),
            places: Semaphore::new(n_places),
            readers: IndexCache::new(store, INDEX_BYTES),
            first_read: FirstRead::new(FirstReadRule::default(), catalog.clone()),
            catalog,
        }
    }

    /// Of an installation with this rule.
    pub fn reading_first(self, rule: FirstReadRule) -> Self {
        let first_read = FirstRead::new(rule, self.catalog.clone());
        Self { first_read, ..self }
    }

    pub(crate) async fn study(&self, uid: &Uid) -> Result<Study, DicomwebError> {
        let slide = self.directory.slide_of_study(uid).await?;
        let study = match slide {
            Some(slide) => self.study_of(slide).await?,
            None => None,
        };
        study.ok_or(DicomwebError::NoSuchStudy)
    }

    /// `None` where the slide is unknown or not tiled.
    pub(crate) async fn study_of(&self, slide: SlideId) -> Result<Option<Study>, PyramidError> {
        match self.readers.reader(slide).await {
            Ok(reader) => Ok(Some(Study { reader })),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All that the study shows to whoever asks: levels, then results.
    pub(crate) async fn contents(
        &self,
        study: &Study,
        access: &Access,
    ) -> Result<Vec<Instance>, DicomwebError> {
        let mut contents: Vec<_> = study.levels().map(Instance::Level).collect();
        if !self.first_read.hides(access, study.slide()).await? {
            let told = self.told(study).await?.into_iter();
            contents.extend(told.filter(ToldInstance::is_listed).map(Instance::Told));
        }
        Ok(contents)
    }

    /// The instances of a series, which has at least one.
    pub(crate) async fn series(
        &self,
        address: &SeriesAddress,
        access: &Access,
    ) -> Result<Vec<Instance>, ApiError> {
        let study = self.study(&address.study).await?;
        if study.is_own_series(&address.series) {
            return Ok(study.levels().map(Instance::Level).collect());
        }
        let mut told = self.told(&study).await?;
        told.retain(|instance| instance.series_uid().as_str() == address.series.as_str());
        if told.is_empty() {
            return Err(DicomwebError::NoSuchSeries.into());
        }
        self.first_read.require(access, study.slide()).await?;
        Ok(told.into_iter().map(Instance::Told).collect())
    }

    pub(crate) async fn instance(
        &self,
        address: &InstanceAddress,
        access: &Access,
    ) -> Result<Instance, ApiError> {
        let series = self.series(&address.series(), access).await?;
        let found = series
            .into_iter()
            .find(|instance| instance.uid().as_str() == address.instance.as_str());
        Ok(found.ok_or(DicomwebError::NoSuchInstance)?)
    }

    /// What an instance says of itself, in the DICOM JSON model.
    pub(crate) async fn header(
        &self,
        instance: &Instance,
    ) -> Result<Arc<Map<String, Value>>, DicomwebError> {
        match instance {
            Instance::Level(level) => self.metadata.of(level).await,
            Instance::Told(told) => Ok(Arc::clone(&self.made.of(told).await?.header)),
        }
    }

    async fn told(&self, study: &Study) -> Result<Vec<ToldInstance>, DicomwebError> {
        Ok(results_of(&self.catalog, study.slide(), study.reader.mpp()).await?)
    }
}
