//! The parts that work in the background.

use std::sync::Arc;

use anyhow::{Error, Result};
use axum::Router;
use embed_worker::{EmbedConfig, Sharing};
use encoder::Encoder;
use http::{AccessControl, AccessRules, Transport};
use ingest::IngestConfig;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use webhooks::WebhooksConfig;

use crate::access_args::AccessArgs;
use crate::exit::Outcome;
use crate::hl7_args::Hl7;
use crate::installation::Installation;
use crate::listening::{Listening, stop_on_signal};
use crate::state_args::StateArgs;
use crate::task_record;
use crate::task_registry::TaskRegistry;

/// Parts of one process, each on a task of its own until `shutdown`.
pub(crate) struct Parts {
    installation: Installation,
    shutdown: CancellationToken,
    tasks: TaskTracker,
    transport: Transport,
    rules: AccessRules,
    /// Of parts that ended before they were told to.
    failures: (mpsc::UnboundedSender<Error>, mpsc::UnboundedReceiver<Error>),
}

impl Parts {
    pub(crate) fn of(installation: Installation, shutdown: CancellationToken) -> Self {
        Self {
            installation,
            shutdown,
            tasks: TaskTracker::new(),
            transport: Transport::default(),
            rules: AccessRules::default(),
            failures: mpsc::unbounded_channel(),
        }
    }

    /// Of a process that others reach, and who they may be.
    pub(crate) fn reached(self, access: &AccessArgs) -> Result<Self> {
        Ok(Self {
            transport: access.transport(),
            rules: access.rules()?,
            ..self
        })
    }

    /// Of a process that has some of an installation's parts, until it is told to stop.
    pub(crate) async fn open_shared(state: &StateArgs) -> Result<Self> {
        Ok(Self::of(state.open_shared().await?, stop_on_signal()?))
    }

    pub(crate) fn installation(&self) -> &Installation {
        &self.installation
    }

    pub(crate) fn access_control(&self) -> AccessControl {
        let catalog = self.installation.catalog.clone();
        AccessControl::ruled(catalog, self.transport, self.rules.clone())
    }

    pub(crate) fn ingest(&self, config: IngestConfig) -> Result<()> {
        let deps = self.installation.ingest_deps()?;
        self.tasks
            .spawn(ingest::run(config, deps, self.shutdown.clone()));
        Ok(())
    }

    /// Without a device to embed on the process ends: whoever started it starts it again.
    pub(crate) fn embed(&self, encoder: Encoder, sharing: Sharing) {
        let running = embed_worker::run(
            EmbedConfig {
                sharing,
                ..EmbedConfig::default()
            },
            Arc::new(encoder),
            self.installation.embed_deps(),
            self.shutdown.clone(),
        );
        self.spawn_failing(running);
    }

    pub(crate) fn mil(&self, registry: TaskRegistry) {
        let (changed, current) = watch::channel(registry.tasks());
        let record = task_record::follow(
            current.clone(),
            self.installation.catalog.clone(),
            self.shutdown.clone(),
        );
        self.tasks.spawn(record);
        self.tasks
            .spawn(registry.follow(changed, self.shutdown.clone()));
        self.tasks.spawn(mil_worker::run(
            current,
            self.installation.mil_deps(),
            self.shutdown.clone(),
        ));
    }

    /// Looks once a day whether models are as they were.
    pub(crate) fn watch(&self) {
        let catalog = self.installation.catalog.clone();
        self.tasks
            .spawn(cases::watch_models(catalog, self.shutdown.clone()));
    }

    /// Without what it needs to send anything the process ends.
    pub(crate) fn webhooks(&self, config: WebhooksConfig) {
        let catalog = self.installation.catalog.clone();
        let running = webhooks::run(config, catalog, self.shutdown.clone());
        self.spawn_failing(async { Ok(running.await?) });
    }

    /// Takes orders and sends results by HL7, as far as it was asked for.
    pub(crate) fn hl7(&self, hl7: Hl7) {
        let Installation { catalog, queue, .. } = self.installation.clone();
        if let Some((config, listener)) = hl7.listening {
            let shutdown = self.shutdown.clone();
            self.tasks.spawn(hl7::listen(
                config,
                listener,
                catalog.clone(),
                queue,
                shutdown,
            ));
        }
        if let Some(config) = hl7.sending {
            self.tasks
                .spawn(hl7::send(config, catalog, self.shutdown.clone()));
        }
    }

    /// A part whose failure ends the process.
    fn spawn_failing(&self, running: impl Future<Output = Result<()>> + Send + 'static) {
        let (failures, shutdown) = (self.failures.0.clone(), self.shutdown.clone());
        self.tasks.spawn(async move {
            if let Err(failure) = running.await {
                // Those who wait for it have gone only when the process ends anyway.
                let _ = failures.send(failure);
                shutdown.cancel();
            }
        });
    }

    /// Says where it listens, and answers there until it is told to stop and all have stopped.
    pub(crate) async fn answer(self, listening: Listening, router: Router) -> Result<Outcome> {
        listening.announce()?;
        self.answer_announced(listening, router).await
    }

    /// The same where it was said already.
    pub(crate) async fn answer_announced(
        self,
        listening: Listening,
        router: Router,
    ) -> Result<Outcome> {
        listening
            .serve(router, self.access_control(), self.shutdown.clone())
            .await;
        self.ended().await
    }

    /// Works, without answering anywhere, until it is told to stop and all have stopped.
    pub(crate) async fn work(self) -> Result<Outcome> {
        self.shutdown.cancelled().await;
        self.ended().await
    }

    /// Waits until all have stopped and their last answers have reached the queue.
    async fn ended(mut self) -> Result<Outcome> {
        self.tasks.close();
        self.tasks.wait().await;
        self.installation.queue.settle().await;
        match self.failures.1.try_recv() {
            Ok(failure) => Err(failure),
            Err(_) => Ok(Outcome::Done),
        }
    }
}
