//! The parts that work in the background.

use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::routing::get;
use embed_worker::EmbedConfig;
use encoder::Encoder;
use http::{Access, AccessControl, ApiError, Role, Transport};
use ingest::IngestConfig;
use telemetry::Metrics;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::installation::Installation;
use crate::task_registry::TaskRegistry;

/// Parts of one process, each on a task of its own until `shutdown`.
pub(crate) struct Parts {
    installation: Installation,
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

impl Parts {
    pub(crate) fn of(installation: Installation, shutdown: CancellationToken) -> Self {
        Self {
            installation,
            shutdown,
            tasks: TaskTracker::new(),
        }
    }

    pub(crate) fn installation(&self) -> &Installation {
        &self.installation
    }

    pub(crate) fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    pub(crate) fn access_control(&self) -> AccessControl {
        AccessControl::new(self.installation.catalog.clone(), Transport::Http)
    }

    /// What every process answers on: is it alive, is it ready, what has it done.
    pub(crate) fn common_router(&self, metrics: Metrics) -> Router {
        let (_, started) = watch::channel(true);
        let metrics = Arc::new(metrics);
        http::health(self.installation.catalog.clone(), started).route(
            "/metrics",
            get(async move |access: Access| show_metrics(&access, &metrics)),
        )
    }

    pub(crate) fn ingest(&self, config: IngestConfig) -> Result<()> {
        let deps = self.installation.ingest_deps()?;
        self.tasks
            .spawn(ingest::run(config, deps, self.shutdown.clone()));
        Ok(())
    }

    pub(crate) fn embed(&self, encoder: Encoder) {
        self.tasks.spawn(embed_worker::run(
            EmbedConfig::default(),
            Arc::new(encoder),
            self.installation.embed_deps(),
            self.shutdown.clone(),
        ));
    }

    pub(crate) fn mil(&self, registry: TaskRegistry) {
        let (changed, current) = watch::channel(registry.tasks());
        self.tasks
            .spawn(registry.follow(changed, self.shutdown.clone()));
        self.tasks.spawn(mil_worker::run(
            current,
            self.installation.mil_deps(),
            self.shutdown.clone(),
        ));
    }

    /// Waits until all have stopped and their last answers have reached the queue.
    pub(crate) async fn ended(self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.installation.queue.settle().await;
    }
}

fn show_metrics(access: &Access, metrics: &Metrics) -> Result<String, ApiError> {
    access.require(Role::Engineer)?;
    metrics.run_upkeep();
    Ok(metrics.render())
}
