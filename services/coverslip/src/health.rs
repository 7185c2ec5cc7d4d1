//! What every process answers on: is it alive, is it ready, what has it done, what can be asked.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use catalog::Catalog;
use futures::future::{join_all, try_join_all};
use http::{Access, ApiError, Need, Readiness, Role};
use queue::{Depth, Queue};
use step::Topic;
use store::Store;
use telemetry::{Metrics, TopicLevels};
use tokio::time::timeout;
use tracing::debug;

use crate::installation::Installation;
use crate::openapi;

/// How long the queue may take to say how full it is.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a process cannot work without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Of those that show what is there: slides can be read while the queue is away.
    CatalogAndStorage,
    QueueToo,
}

/// What every process answers on, of all installations that it serves.
pub(crate) struct Health {
    readiness: Readiness,
    queues: Vec<Queue>,
    metrics: Metrics,
}

impl Health {
    pub(crate) fn of<'i>(
        installations: impl Iterator<Item = &'i Installation>,
        needs: Needs,
        metrics: Metrics,
    ) -> Self {
        let (mut catalogs, mut stores, mut queues) = (Vec::new(), Vec::new(), Vec::new());
        for Installation {
            store,
            catalog,
            queue,
        } in installations
        {
            catalogs.push(catalog.clone());
            stores.push(store.clone());
            queues.push(queue.clone());
        }
        let mut all = vec![
            need("catalog", catalogs, |catalog: Catalog| async move {
                is_there("catalog", catalog.revision().await)
            }),
            need("storage", stores, |store: Store| async move {
                is_there("storage", store.answers().await)
            }),
        ];
        if needs == Needs::QueueToo {
            all.push(need("queue", queues.clone(), |queue: Queue| async move {
                is_there("queue", queue.answers().await)
            }));
        }
        Self {
            readiness: Readiness::of(all),
            queues,
            metrics,
        }
    }

    /// For everybody.
    pub(crate) fn open(&self) -> Router {
        http::health(self.readiness.clone())
    }

    /// For whoever has a token.
    pub(crate) fn inside(&self) -> Router {
        let shown = Shown {
            readiness: self.readiness.clone(),
            queues: self.queues.clone().into(),
            metrics: self.metrics.clone(),
        };
        let show = async move |access: Access| shown.show(&access).await;
        Router::new()
            .route("/metrics", get(show))
            .merge(openapi::router())
    }
}

/// All of one kind, each installation's.
fn need<D, F>(name: &'static str, all: Vec<D>, ask: fn(D) -> F) -> Need
where
    D: Clone + Send + Sync + 'static,
    F: Future<Output = bool> + Send + 'static,
{
    Need::new(name, move || {
        let asked = join_all(all.iter().cloned().map(ask));
        async move { asked.await.into_iter().all(|is_there| is_there) }
    })
}

/// Why it is away stands in the log alone: it names addresses.
fn is_there<T, E: std::error::Error + 'static>(name: &str, answer: Result<T, E>) -> bool {
    if let Err(error) = &answer {
        let error = error as &dyn std::error::Error;
        debug!(dependency = name, error, "it does not answer");
    }
    answer.is_ok()
}

#[derive(Clone)]
struct Shown {
    readiness: Readiness,
    queues: Arc<[Queue]>,
    metrics: Metrics,
}

impl Shown {
    async fn show(&self, access: &Access) -> Result<String, ApiError> {
        access.require(Role::Engineer)?;
        // Whoever looks at the metrics wants to know how things are now.
        let topics = Topic::ALL.map(|topic| look_at(topic, &self.queues));
        let (_away, _) = tokio::join!(self.readiness.away(), join_all(topics));
        Ok(self.metrics.render())
    }
}

async fn look_at(topic: Topic, queues: &[Queue]) {
    let depths = try_join_all(queues.iter().map(|queue| topic.depth(queue)));
    match timeout(PATIENCE, depths).await {
        Ok(Ok(depths)) => telemetry::topic_seen(topic.name(), levels(&depths)),
        Ok(Err(_)) | Err(_) => telemetry::topic_unknown(topic.name()),
    }
}

/// Of all queues together; the message that waits longest is one of any.
fn levels(depths: &[Depth]) -> TopicLevels {
    let sum = |of: fn(&Depth) -> u64| depths.iter().map(of).sum();
    TopicLevels {
        waiting: sum(|depth| depth.waiting),
        in_flight: sum(|depth| depth.in_flight),
        dead: sum(|depth| depth.dead),
        lost: sum(|depth| depth.lost),
        lag: depths
            .iter()
            .map(|depth| depth.lag)
            .max()
            .unwrap_or_default(),
    }
}
