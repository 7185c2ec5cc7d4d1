use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// How long something may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// For how long an answer holds: however often somebody asks, what is asked after is not.
const KEPT: Duration = Duration::from_secs(1);

type Answer = Pin<Box<dyn Future<Output = bool> + Send>>;

/// What a process needs for its work, each to be asked whether it answers. Clones share what was
/// answered last.
#[derive(Clone, Default)]
pub struct Readiness {
    needs: Arc<[Need]>,
    last: Arc<Mutex<Option<Found>>>,
}

/// When it was asked, and what was away.
type Found = (Instant, Vec<&'static str>);

/// Something a process needs.
pub struct Need {
    name: &'static str,
    ask: Box<dyn Fn() -> Answer + Send + Sync>,
}

impl Need {
    /// `ask` tells whether `name` (`catalog`, `storage`, `queue`) answers; in two seconds it must
    /// have.
    pub fn new<F>(name: &'static str, ask: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        Self {
            name,
            ask: Box::new(move || Box::pin(ask())),
        }
    }

    async fn is_there(&self) -> bool {
        let is_there = timeout(PATIENCE, (self.ask)()).await.unwrap_or(false);
        telemetry::dependency_seen(self.name, is_there);
        is_there
    }
}

impl Readiness {
    pub fn of(needs: impl IntoIterator<Item = Need>) -> Self {
        Self {
            needs: needs.into_iter().collect(),
            last: Arc::default(),
        }
    }

    /// The names of what did not answer within the last second.
    pub async fn away(&self) -> Vec<&'static str> {
        // Held while asking, so that those who come meanwhile wait for this very answer.
        let mut last = self.last.lock().await;
        if let Some((at, away)) = &*last
            && at.elapsed() < KEPT
        {
            return away.clone();
        }
        let there = join_all(self.needs.iter().map(Need::is_there)).await;
        let named = self.needs.iter().zip(there);
        let away: Vec<_> = named
            .filter(|(_, is_there)| !is_there)
            .map(|(need, _)| need.name)
            .collect();
        *last = Some((Instant::now(), away.clone()));
        away
    }
}
