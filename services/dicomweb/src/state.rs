use std::sync::Arc;
use std::thread;

use catalog::Catalog;
use flow::{DicomUid, SlideId, SlideUids};
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
use crate::study::{Instance, StoredSlide, Study};

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

    pub(crate) async fn study(&self, uid: &DicomUid) -> Result<Study, DicomwebError> {
        let mut slides = Vec::new();
        for slide in self.directory.slides_of_study(uid).await? {
            // A slide that came with UIDs is not there under those that would be ours.
            let stored = self.stored(slide).await?;
            slides.extend(stored.filter(|stored| stored.uids().study == *uid));
        }
        match slides.is_empty() {
            true => Err(DicomwebError::NoSuchStudy),
            false => Ok(Study { slides }),
        }
    }

    /// The study that a slide is in; `None` where the slide is unknown or not tiled.
    pub(crate) async fn study_of(&self, slide: SlideId) -> Result<Option<Study>, DicomwebError> {
        let Some(stored) = self.stored(slide).await? else {
            return Ok(None);
        };
        if *stored.uids() == SlideUids::derived(&slide) {
            let slides = vec![stored];
            return Ok(Some(Study { slides }));
        }
        match self.study(&stored.uids().study).await {
            Ok(study) => Ok(Some(study)),
            // It would not be found by its UIDs either.
            Err(DicomwebError::NoSuchStudy) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `None` where the slide is unknown or not tiled.
    async fn stored(&self, slide: SlideId) -> Result<Option<StoredSlide>, PyramidError> {
        match self.readers.reader(slide).await {
            Ok(reader) => Ok(Some(StoredSlide { reader })),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All that the study shows to whoever asks: of each slide its levels, then its results.
    pub(crate) async fn contents(
        &self,
        study: &Study,
        access: &Access,
    ) -> Result<Vec<Instance>, DicomwebError> {
        let mut contents = Vec::new();
        for slide in &study.slides {
            contents.extend(slide.levels().map(Instance::Level));
            if !self.first_read.hides(access, slide.id()).await? {
                let told = self.told(slide).await?.into_iter();
                contents.extend(told.filter(ToldInstance::is_listed).map(Instance::Told));
            }
        }
        Ok(contents)
    }

    /// The instances of a series, which has at least one.
    pub(crate) async fn series(
        &self,
        address: &SeriesAddress,
        access: &Access,
    ) -> Result<Vec<Instance>, ApiError> {
        let Study { slides } = self.study(&address.study).await?;
        let own = slides
            .iter()
            .filter(|slide| slide.uids().series == address.series);
        let levels: Vec<_> = own.flat_map(StoredSlide::levels).collect();
        if !levels.is_empty() {
            return Ok(levels.into_iter().map(Instance::Level).collect());
        }
        for slide in slides {
            let mut told = self.told(&slide).await?;
            told.retain(|instance| instance.series_uid() == address.series);
            if !told.is_empty() {
                self.first_read.require(access, slide.id()).await?;
                return Ok(told.into_iter().map(Instance::Told).collect());
            }
        }
        Err(DicomwebError::NoSuchSeries.into())
    }

    pub(crate) async fn instance(
        &self,
        address: &InstanceAddress,
        access: &Access,
    ) -> Result<Instance, ApiError> {
        let series = self.series(&address.series(), access).await?;
        let found = series
            .into_iter()
            .find(|instance| instance.uid() == address.instance);
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

    async fn told(&self, slide: &StoredSlide) -> Result<Vec<ToldInstance>, DicomwebError> {
        Ok(results_of(&self.catalog, &slide.reader).await?)
    }
}
