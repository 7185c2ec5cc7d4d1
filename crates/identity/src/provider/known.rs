use std::sync::{Arc, RwLock};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::ProviderError;
use super::metadata::Metadata;
use crate::fetch::Fetch;
use crate::token::KeySet;
use crate::{Issuer, Refresh};

/// Between two tries to hear of the provider for the first time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// What the provider said at one time.
pub(crate) struct Snapshot {
    pub(crate) metadata: Metadata,
    pub(crate) keys: KeySet,
    asked_at: Instant,
}

type Asked = Result<Arc<Snapshot>, ProviderError>;

/// What the provider said last. It is asked by one at a time, and not too often.
pub(crate) struct Known {
    refresh: Refresh,
    latest: RwLock<Option<Arc<Snapshot>>>,
    /// When it was asked last, whether it answered or not.
    asked_at: Mutex<Option<Instant>>,
}

impl Snapshot {
    pub(super) async fn fetch(fetch: &Fetch, issuer: &Issuer) -> Result<Self, ProviderError> {
        let asked_at = Instant::now();
        let metadata = fetch.get(&issuer.discovery()).await?;
        let metadata = Metadata::parse(&metadata, issuer)?;
        let keys = fetch.get(metadata.keys()?.as_str()).await?;
        Ok(Self {
            keys: KeySet::parse(&keys).map_err(ProviderError::Description)?,
            metadata,
            asked_at,
        })
    }
}

impl Known {
    pub(super) fn new(refresh: Refresh) -> Self {
        Self {
            refresh,
            latest: RwLock::new(None),
            asked_at: Mutex::new(None),
        }
    }

    pub(super) fn latest(&self) -> Option<Arc<Snapshot>> {
        let latest = self.latest.read();
        latest
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone()
    }

    pub(super) fn is_young(&self, snapshot: &Snapshot) -> bool {
        snapshot.asked_at.elapsed() < self.refresh.every
    }

    /// Where nothing is known yet.
    pub(super) async fn first<F>(&self, ask: impl FnOnce() -> F) -> Asked
    where
        F: Future<Output = Result<Snapshot, ProviderError>>,
    {
        let mut asked_at = self.asked_at.lock().await;
        if let Some(meanwhile) = self.latest() {
            return Ok(meanwhile);
        }
        if is_since(*asked_at, FIRST_PAUSE) {
            return Err(ProviderError::AskedAMomentAgo);
        }
        *asked_at = Some(Instant::now());
        self.keep(ask().await)
    }

    /// Where what is known is old. Nobody waits for another one who asks already: `None`.
    pub(super) async fn renewed<F>(&self, ask: impl FnOnce() -> F) -> Option<Asked>
    where
        F: Future<Output = Result<Snapshot, ProviderError>>,
    {
        let mut asked_at = self.asked_at.try_lock().ok()?;
        if is_since(*asked_at, self.refresh.pause) {
            return None;
        }
        *asked_at = Some(Instant::now());
        Some(self.keep(ask().await))
    }

    /// Where `old` lacks something. `None` where it is too early to ask again.
    pub(super) async fn newer_than<F>(
        &self,
        old: &Arc<Snapshot>,
        ask: impl FnOnce() -> F,
    ) -> Option<Asked>
    where
        F: Future<Output = Result<Snapshot, ProviderError>>,
    {
        let mut asked_at = self.asked_at.lock().await;
        let meanwhile = self.latest().filter(|latest| !Arc::ptr_eq(latest, old));
        if let Some(meanwhile) = meanwhile {
            return Some(Ok(meanwhile));
        }
        if is_since(*asked_at, self.refresh.pause) {
            return None;
        }
        *asked_at = Some(Instant::now());
        Some(self.keep(ask().await))
    }

    fn keep(&self, asked: Result<Snapshot, ProviderError>) -> Asked {
        let snapshot = Arc::new(asked?);
        let mut latest = match self.latest.write() {
            Ok(latest) => latest,
            Err(poisoned) => poisoned.into_inner(),
        };
        *latest = Some(snapshot.clone());
        Ok(snapshot)
    }
}

fn is_since(asked_at: Option<Instant>, pause: Duration) -> bool {
    asked_at.is_some_and(|at| at.elapsed() < pause)
}
