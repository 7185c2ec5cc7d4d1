use std::thread;

use catalog::Catalog;
use flow::SlideId;
use pyramid::{IndexCache, PyramidError};
use store::Store;
use tokio::sync::Semaphore;

use crate::address::{InstanceAddress, SeriesAddress};
use crate::directory::Directory;
use crate::error::DicomwebError;
use crate::metadata::Metadata;
use crate::study::{Instance, Study};
use crate::uid::Uid;

/// Indices of the slides asked for lately; a 100,000 px slide has 3 MB.
const INDEX_BYTES: u64 = 64 * 1024 * 1024;

/// What the routes share.
pub struct DicomwebState {
    pub(crate) catalog: Catalog,
    pub(crate) directory: Directory,
    pub(crate) metadata: Metadata,
    /// As many pictures are drawn, or whole directories searched, as there are processors.
    pub(crate) places: Semaphore,
    readers: IndexCache,
}

impl DicomwebState {
    pub fn new(store: Store, catalog: Catalog) -> Self {
        let n_places = thread::available_parallelism().map_or(2, usize::from);
        Self {
            directory: Directory::new(catalog.clone()),
            metadata: Metadata::new(),
            places: Semaphore::new(n_places),
            readers: IndexCache::new(store, INDEX_BYTES),
            catalog,
        }
    }

    pub(crate) async fn study(&self, uid: &Uid) -> Result<Study, DicomwebError> {
        let slide = self.directory.slide_of_study(uid).await?;
        let study = match slide {
            Some(slide) => self.study_of(slide).await?,
            None => None,
        };
        study.ok_or(DicomwebError::NoSuchStudy)
    }

    pub(crate) async fn series(&self, address: &SeriesAddress) -> Result<Study, DicomwebError> {
        let study = self.study(&address.study).await?;
        study.has_series(&address.series)?;
        Ok(study)
    }

    pub(crate) async fn instance(
        &self,
        address: &InstanceAddress,
    ) -> Result<Instance, DicomwebError> {
        let study = self.study(&address.study).await?;
        study.has_series(&address.series)?;
        study.instance(&address.instance)
    }

    /// `None` where the slide is unknown or not tiled.
    pub(crate) async fn study_of(&self, slide: SlideId) -> Result<Option<Study>, PyramidError> {
        match self.readers.reader(slide).await {
            Ok(reader) => Ok(Some(Study { reader })),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
