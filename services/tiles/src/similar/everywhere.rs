use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Instant;

use catalog::{Catalog, Page};
use flow::{BagHeader, Sha256Digest, SlideId, SlideStatus};
use store::Store;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tracing::warn;

use super::config::IndexConfig;
use super::embedded::{self, EmbeddedSlide};
use super::error::SimilarError;
use super::indexed::IndexedTiles;

/// Slides in one page of the catalog.
const PAGE: u32 = 500;
/// Tiles that are added while searches wait: some tens of milliseconds.
const TILES_AT_ONCE: usize = 64;

/// The index over all slides of one encoder, the one that was asked for last: gathered when somebody
/// first asks, in the background, and brought up to date when somebody asks later. It lies in
/// memory alone.
pub(super) struct Everywhere {
    store: Store,
    catalog: Catalog,
    config: IndexConfig,
    state: Mutex<State>,
    /// Tells those who wait that a look at all slides ended, well or not.
    looked: Notify,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    /// One look at a time.
    is_gathering: bool,
}

struct Kept {
    gathered: Arc<Gathered>,
    /// Whether all slides were looked at once.
    is_whole: bool,
    /// When, and at which revision of the catalog, the last whole look began.
    looked: Option<(Instant, u64)>,
}

/// The tiles of one encoder. They are searched while others come.
pub(super) struct Gathered {
    encoder: Sha256Digest,
    tiles: RwLock<IndexedTiles>,
}

impl Everywhere {
    pub(super) fn new(store: Store, catalog: Catalog, config: IndexConfig) -> Self {
        Self {
            store,
            catalog,
            config,
            state: Mutex::default(),
            looked: Notify::new(),
        }
    }

    /// The tiles of all bags like this one. Where they are few, the first search waits for them too.
    ///
    /// # Errors
    /// [`SimilarError::Gathering`] until all slides were looked at once.
    pub(super) async fn of(
        self: &Arc<Self>,
        bag: &BagHeader,
    ) -> Result<Arc<Gathered>, SimilarError> {
        let revision = self.catalog.revision().await?;
        let began = Instant::now();
        if let Some(gathered) = self.to_gather(bag, revision, began) {
            let everywhere = Arc::clone(self);
            tokio::spawn(async move { everywhere.gather(gathered, began, revision).await });
        }
        let mut looked = pin!(self.looked.notified());
        // Before it is asked, so that no end falls between the two.
        looked.as_mut().enable();
        let now = self.whole(bag);
        if !matches!(now, Err(SimilarError::Gathering { .. })) {
            return now;
        }
        // In time or not, what there is by then is the answer.
        timeout(self.config.patience, looked).await.ok();
        self.whole(bag)
    }

    fn whole(&self, bag: &BagHeader) -> Result<Arc<Gathered>, SimilarError> {
        let state = self.state();
        match &state.kept {
            Some(kept) if kept.gathered.encoder != bag.encoder.hash => {
                Err(SimilarError::GatheringOther)
            }
            Some(kept) if kept.is_whole => Ok(Arc::clone(&kept.gathered)),
            Some(kept) => {
                let extent = kept.gathered.tiles().extent();
                Err(SimilarError::Gathering {
                    n_slides: extent.n_slides,
                    n_tiles: extent.n_tiles as usize,
                })
            }
            None => Err(SimilarError::GatheringOther),
        }
    }

    /// What is to be gathered now, if anything is, by whoever asked: nobody else will.
    fn to_gather(&self, bag: &BagHeader, revision: u64, now: Instant) -> Option<Arc<Gathered>> {
        let mut state = self.state();
        if state.is_gathering {
            return None;
        }
        let encoder = bag.encoder.hash;
        let kept = state.kept.take();
        let kept = kept.filter(|kept| kept.gathered.encoder == encoder);
        let kept = kept.unwrap_or_else(|| Kept {
            gathered: Arc::new(Gathered {
                encoder,
                tiles: RwLock::new(IndexedTiles::new(bag.dimension, &self.config)),
            }),
            is_whole: false,
            looked: None,
        });
        let is_due = kept.looked.is_none_or(|(at, seen)| {
            seen != revision && now.duration_since(at) >= self.config.look_every
        });
        let gathered = Arc::clone(&kept.gathered);
        state.kept = Some(kept);
        state.is_gathering = is_due;
        is_due.then_some(gathered)
    }

    async fn gather(&self, gathered: Arc<Gathered>, began: Instant, revision: u64) {
        // Also where a thread that adds tiles panics, or the process ends.
        let _gathering = Gathering(self);
        match self.bring_up_to_date(&gathered).await {
            Ok(()) => {
                if let Some(kept) = &mut self.state().kept {
                    kept.is_whole = true;
                    kept.looked = Some((began, revision));
                }
            }
            // What is gathered stays; whoever asks next goes on.
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                warn!(error, "slides could not be gathered to be searched");
            }
        }
    }

    async fn bring_up_to_date(&self, gathered: &Arc<Gathered>) -> Result<(), SimilarError> {
        self.look_at_all(gathered).await?;
        let gathered = Arc::clone(gathered);
        spawn_blocking(move || gathered.look_for_strays()).await?;
        Ok(())
    }

    /// The newest first, so that they find room.
    async fn look_at_all(&self, gathered: &Arc<Gathered>) -> Result<(), SimilarError> {
        let mut after = None;
        loop {
            let page = Page { after, limit: PAGE };
            let rows = self.catalog.slides(page).await?;
            for row in &rows {
                let may_have_bag =
                    matches!(row.status, SlideStatus::Embedded | SlideStatus::Scored);
                if may_have_bag && !gathered.tiles().knows(row.id) {
                    self.look_at(gathered, row.id).await?;
                }
            }
            match rows.last() {
                Some(last) => after = Some(last.id),
                None => return Ok(()),
            }
        }
    }

    async fn look_at(&self, gathered: &Arc<Gathered>, slide: SlideId) -> Result<(), SimilarError> {
        let encoder = gathered.encoder;
        let header = embedded::header(&self.store, slide, encoder).await;
        let header = match header {
            Ok(Some(header)) => header,
            Ok(None) => return Ok(()),
            Err(error) => return gathered.do_without(slide, 0, error),
        };
        if !gathered.tiles().takes(&header) {
            gathered.tiles_mut().leave_out(slide, header.n_instances);
            return Ok(());
        }
        match embedded::read(&self.store, slide, encoder).await {
            Ok(bag) => {
                let gathered = Arc::clone(gathered);
                spawn_blocking(move || gathered.add(&bag)).await?
            }
            Err(error) => gathered.do_without(slide, header.n_instances, error),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathered {
    pub(super) fn tiles(&self) -> RwLockReadGuard<'_, IndexedTiles> {
        self.tiles.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn tiles_mut(&self) -> RwLockWriteGuard<'_, IndexedTiles> {
        self.tiles.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, slide: &EmbeddedSlide) -> Result<(), SimilarError> {
        let positions = self.tiles().sample(slide.vectors.len());
        for some in positions.chunks(TILES_AT_ONCE) {
            self.tiles_mut().add(slide, some)?;
        }
        self.tiles_mut().finish(slide, positions.len());
        Ok(())
    }

    fn look_for_strays(&self) {
        let unreached = self.tiles().unreached();
        self.tiles_mut().compare_always(unreached);
    }

    /// A damaged bag is no reason to search no others. A storage that is away is.
    fn do_without(
        &self,
        slide: SlideId,
        n_tiles: u64,
        error: SimilarError,
    ) -> Result<(), SimilarError> {
        if error.is_storage_away() {
            return Err(error);
        }
        let error: &dyn std::error::Error = &error;
        warn!(slide.id = %slide, error, "the slide is not searched: its bag cannot be read");
        self.tiles_mut().leave_out(slide, n_tiles);
        Ok(())
    }
}

/// Lets others gather once it is dropped.
struct Gathering<'a>(&'a Everywhere);

impl Drop for Gathering<'_> {
    fn drop(&mut self) {
        self.0.state().is_gathering = false;
        self.0.looked.notify_waiters();
    }
}
