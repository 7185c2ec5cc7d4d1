//! What every process answers on: is it alive, is it ready, what has it done, what can be asked.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use futures::future::join_all;
use http::{Access, ApiError, Need, Readiness, Role};
use queue::{Depth, Queue};
use step::Topic;
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

pub(crate) fn router(installation: &Installation, needs: Needs, metrics: Metrics) -> Router {
    let readiness = readiness(installation, needs);
    let shown = Shown {
        readiness: readiness.clone(),
        queue: installation.queue.clone(),
        metrics,
    };
    let show = async move |access: Access| shown.show(&access).await;
    http::health(readiness)
        .route("/metrics", get(show))
        .merge(openapi::router())
}

fn readiness(installation: &Installation, needs: Needs) -> Readiness {
    let Installation {
        store,
        catalog,
        queue,
    } = installation.clone();
    let mut all = vec![
        Need::new("catalog", move || {
            let catalog = catalog.clone();
            async move { is_there("catalog", catalog.revision().await) }
        }),
        Need::new("storage", move || {
            let store = store.clone();
            async move { is_there("storage", store.answers().await) }
        }),
    ];
    if needs == Needs::QueueToo {
        all.push(Need::new("queue", move || {
            let queue = queue.clone();
            async move { is_there("queue", queue.answers().await) }
        }));
    }
    Readiness::of(all)
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
    queue: Queue,
    metrics: Metrics,
}

impl Shown {
    async fn show(&self, access: &Access) -> Result<String, ApiError> {
        access.require(Role::Engineer)?;
        // Whoever looks at the metrics wants to know how things are now.
        let topics = Topic::ALL.map(|topic| look_at(topic, &self.queue));
        let (_away, _) = tokio::join!(self.readiness.away(), join_all(topics));
        Ok(self.metrics.render())
    }
}

async fn look_at(topic: Topic, queue: &Queue) {
    match timeout(PATIENCE, topic.depth(queue)).await {
        Ok(Ok(depth)) => telemetry::topic_seen(topic.name(), levels(depth)),
        Ok(Err(_)) | Err(_) => telemetry::topic_unknown(topic.name()),
    }
}

const fn levels(depth: Depth) -> TopicLevels {
    TopicLevels {
        waiting: depth.waiting,
        in_flight: depth.in_flight,
        dead: depth.dead,
        lost: depth.lost,
        lag: depth.lag,
    }
}
