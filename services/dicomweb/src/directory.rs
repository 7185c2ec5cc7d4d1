use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use catalog::{Catalog, CatalogError, DicomEntity, Page};
use chrono::{DateTime, TimeDelta, Utc};
use flow::{DicomUid, SlideId, UidRole};
use tokio::sync::Mutex;

const PAGE: u32 = 10_000;
/// Processes that take in slides may disagree by this much about what time it is.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::hours(1);

/// Which slides a study has. UIDs that slides came with are in the catalog. Others are hashes of slide
/// ids, so the way back is to have hashed all ids: about 70 MB and a second or two for a million slides,
/// once in a process's life. Only ids that are new to the catalog are hashed after that, and those only
/// when a study is not known.
pub(crate) struct Directory {
    catalog: Catalog,
    /// By the UUID in the study's UID.
    studies: RwLock<HashMap<u128, SlideId>>,
    /// Held by whoever brings `studies` up to date.
    seen: Mutex<Seen>,
}

/// Up to where the catalog has been read.
#[derive(Clone, Copy, Default)]
struct Seen {
    revision: Option<u64>,
    newest: Option<DateTime<Utc>>,
}

impl Directory {
    pub(crate) fn new(catalog: Catalog) -> Self {
        Self {
            catalog,
            studies: RwLock::default(),
            seen: Mutex::default(),
        }
    }

    /// In the order of their ids. Whether they are tiled, and under these UIDs, is another question.
    pub(crate) async fn slides_of_study(
        &self,
        uid: &DicomUid,
    ) -> Result<Vec<SlideId>, CatalogError> {
        let hashed = uid.uuid().and_then(|uuid| self.known(uuid));
        if let Some(slide) = hashed {
            return Ok(vec![slide]);
        }
        let came = self
            .catalog
            .slides_by_dicom_uid(DicomEntity::Study, uid)
            .await?;
        let Some(uuid) = uid.uuid().filter(|_| came.is_empty()) else {
            return Ok(came);
        };
        self.refresh().await?;
        Ok(self.known(uuid).into_iter().collect())
    }

    /// All slides there are, in no order: 16 MB for a million.
    pub(crate) async fn all(&self) -> Result<Vec<SlideId>, CatalogError> {
        self.refresh().await?;
        let studies = self.studies.read().unwrap_or_else(PoisonError::into_inner);
        Ok(studies.values().copied().collect())
    }

    fn known(&self, uuid: u128) -> Option<SlideId> {
        let studies = self.studies.read().unwrap_or_else(PoisonError::into_inner);
        studies.get(&uuid).copied()
    }

    async fn refresh(&self) -> Result<(), CatalogError> {
        let mut seen = self.seen.lock().await;
        let revision = self.catalog.revision().await?;
        if seen.revision == Some(revision) {
            return Ok(());
        }
        let horizon = seen.newest.map(|newest| newest - CLOCKS_DIFFER);
        let newest = self.read_back_to(horizon).await?;
        let is_whole = self.n_known() == self.catalog.n_slides().await?;
        let newest = match is_whole || horizon.is_none() {
            true => newest,
            // A clock went further wrong than that: everything is read once more.
            false => self.read_back_to(None).await?,
        };
        *seen = Seen {
            revision: Some(revision),
            newest: newest.max(seen.newest),
        };
        Ok(())
    }

    /// Reads newest first, so that what is looked for is soon found; gives when the newest came.
    async fn read_back_to(
        &self,
        horizon: Option<DateTime<Utc>>,
    ) -> Result<Option<DateTime<Utc>>, CatalogError> {
        let mut newest = None;
        let mut after = None;
        loop {
            let page = Page { after, limit: PAGE };
            let slides = self.catalog.slide_ids(page).await?;
            let Some((last, oldest)) = slides.last().copied() else {
                return Ok(newest);
            };
            newest = newest.or(slides.first().map(|(_, received)| *received));
            self.learn(slides.iter().map(|(slide, _)| *slide));
            if horizon.is_some_and(|horizon| oldest < horizon) {
                return Ok(newest);
            }
            after = Some(last);
        }
    }

    fn learn(&self, slides: impl Iterator<Item = SlideId>) {
        let hashed: Vec<_> = slides
            .filter_map(|slide| Some((uuid(&DicomUid::derive(&slide, UidRole::Study))?, slide)))
            .collect();
        let mut studies = self.studies.write().unwrap_or_else(PoisonError::into_inner);
        studies.extend(hashed);
    }

    fn n_known(&self) -> u64 {
        let studies = self.studies.read().unwrap_or_else(PoisonError::into_inner);
        studies.len() as u64
    }
}

fn uuid(uid: &DicomUid) -> Option<u128> {
    uid.as_str().strip_prefix("2.25.")?.parse().ok()
}
