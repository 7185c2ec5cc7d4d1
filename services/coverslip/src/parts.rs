//! The parts that work in the background.

use std::sync::Arc;

use anyhow::{Error, Result};
use axum::Router;
use embed_worker::{EmbedConfig, Sharing};
use encoder::Encoder;
use flow::TenantName;
use futures::future::join_all;
use http::{AccessControl, FirstReadRule, FrontDoor, Protected, Role, Secret};
use ingest::IngestConfig;
use mil_worker::MilDeps;
use reading::ResearchResults;
use task_service::TaskServices;
use telemetry::Metrics;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use webhooks::WebhooksConfig;

use crate::access_args::AccessArgs;
use crate::exit::Outcome;
use crate::health::{Health, Needs};
use crate::hl7_args::Hl7Args;
use crate::installation::{Installation, Served, Tenancy};
use crate::listening::{Listening, stop_on_signal};
use crate::state_args::StateArgs;
use crate::task_record;
use crate::task_registry::TaskRegistry;
use crate::tenant_args::Place;

/// Parts of one process, each on a task of its own until `shutdown`. Of each but embedding there is one
/// for each installation.
pub(crate) struct Parts {
    /// At least one.
    served: Vec<Served>,
    shutdown: CancellationToken,
    tasks: TaskTracker,
    front: FrontDoor,
    /// Of parts that ended before they were told to.
    failures: (mpsc::UnboundedSender<Error>, mpsc::UnboundedReceiver<Error>),
}

impl Parts {
    pub(crate) fn of(served: Vec<Served>, shutdown: CancellationToken) -> Self {
        Self {
            served,
            shutdown,
            tasks: TaskTracker::new(),
            front: FrontDoor::default(),
            failures: mpsc::unbounded_channel(),
        }
    }

    /// Of a process that others reach, and who they may be.
    pub(crate) fn reached(self, access: &AccessArgs) -> Result<Self> {
        let front = access.front_door(Tenancy::of(&self.served))?;
        Ok(Self { front, ..self })
    }

    /// Of a process that has some of an installation's parts, until it is told to stop.
    pub(crate) async fn open_shared(state: &StateArgs) -> Result<Self> {
        Ok(Self::of(state.open_shared().await?, stop_on_signal()?))
    }

    pub(crate) const fn n_installations(&self) -> usize {
        self.served.len()
    }

    /// A code for whoever started the process to log in with, and whose it is: one for each
    /// installation.
    pub(crate) async fn login_codes(&self) -> Result<Vec<(Option<&TenantName>, Secret)>> {
        let mut codes = Vec::new();
        for served in &self.served {
            let access = self.access_control(served);
            let code = access.issue_login_code("local user", &[Role::Admin]);
            codes.push((served.place.tenant.as_ref(), code.await?));
        }
        Ok(codes)
    }

    /// What the process answers: what every process does, and what `routes` has of each installation.
    pub(crate) fn answers(
        &self,
        needs: Needs,
        metrics: Metrics,
        routes: impl Fn(&Installation) -> Result<Router>,
    ) -> Result<Protected> {
        let health = Health::of(self.installations(), needs, metrics);
        let whole =
            |served: &Served| Ok::<_, Error>(routes(&served.installation)?.merge(health.inside()));
        // Where one is of nobody in particular there is no other.
        let alone = self.served.iter().find(|one| one.place.tenant.is_none());
        if let Some(alone) = alone {
            let router = whole(alone)?.merge(health.open());
            return Ok(http::protect(router, self.access_control(alone)));
        }
        let mut tenants = Vec::new();
        for served in &self.served {
            if let Some(tenant) = &served.place.tenant {
                let catalog = served.installation.catalog.clone();
                tenants.push((tenant.clone(), whole(served)?, catalog));
            }
        }
        Ok(http::protect_tenants(&self.front, health.open(), tenants))
    }

    /// Each tenant's slides are dropped into the folder of its name.
    pub(crate) fn ingest(&self, config: &IngestConfig) -> Result<()> {
        for Served {
            place,
            installation,
        } in &self.served
        {
            let mut config = config.clone();
            if let (Some(watched), Some(tenant)) = (&mut config.watch, &place.tenant) {
                watched.folder.push(tenant.as_str());
            }
            let deps = installation.ingest_deps()?;
            self.tasks
                .spawn(ingest::run(config, deps, self.shutdown.clone()));
        }
        Ok(())
    }

    /// One slide at a time on all devices, whosever it is. Without a device to embed on the process
    /// ends: whoever started it starts it again.
    pub(crate) fn embed(&self, encoder: Encoder, sharing: Sharing) {
        let running = embed_worker::run(
            EmbedConfig {
                sharing,
                ..EmbedConfig::default()
            },
            Arc::new(encoder),
            self.installations().map(Installation::embed_deps).collect(),
            self.shutdown.clone(),
        );
        self.spawn_failing(running);
    }

    pub(crate) fn mil(
        &self,
        tasks: impl Fn(&Place) -> Result<TaskRegistry>,
        services: &TaskServices,
    ) -> Result<()> {
        for Served {
            place,
            installation,
        } in &self.served
        {
            let deps = MilDeps {
                tenant: place.tenant.clone(),
                ..installation.mil_deps(services.clone())
            };
            self.score(tasks(place)?, deps);
        }
        Ok(())
    }

    fn score(&self, registry: TaskRegistry, deps: MilDeps) {
        let (changed, current) = watch::channel(registry.tasks());
        let catalog = deps.catalog.clone();
        let record = task_record::follow(current.clone(), catalog, self.shutdown.clone());
        self.tasks.spawn(record);
        self.tasks
            .spawn(registry.follow(changed, self.shutdown.clone()));
        let scoring = mil_worker::run(current, deps, self.shutdown.clone());
        self.tasks.spawn(scoring);
    }

    /// Looks once a day whether models are as they were.
    pub(crate) fn watch(&self) {
        for served in &self.served {
            let catalog = served.installation.catalog.clone();
            let watching = cases::watch_models(catalog, self.shutdown.clone());
            self.tasks.spawn(watching);
        }
    }

    /// Without what it needs to send anything the process ends.
    pub(crate) fn webhooks(&self, config: &WebhooksConfig) {
        for installation in self.installations() {
            let catalog = installation.catalog.clone();
            let running = webhooks::run(config.clone(), catalog, self.shutdown.clone());
            self.spawn_failing(async { Ok(running.await?) });
        }
    }

    /// Takes orders and sends results by HL7, as far as it was asked for.
    pub(crate) async fn hl7(
        &self,
        asked_for: &Hl7Args,
        rule: FirstReadRule,
        research: ResearchResults,
    ) -> Result<()> {
        let Some(speaker) = asked_for.speaker(&self.served)? else {
            return Ok(());
        };
        let hl7 = asked_for.open(rule, research).await?;
        let Installation { catalog, queue, .. } = speaker.clone();
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
        Ok(())
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
    pub(crate) async fn answer(self, listening: Listening, answers: Protected) -> Result<Outcome> {
        listening.announce()?;
        self.answer_announced(listening, answers).await
    }

    /// The same where it was said already.
    pub(crate) async fn answer_announced(
        self,
        listening: Listening,
        answers: Protected,
    ) -> Result<Outcome> {
        listening.serve(answers, self.shutdown.clone()).await;
        self.ended().await
    }

    /// Works, without answering anywhere, until it is told to stop and all have stopped.
    pub(crate) async fn work(self) -> Result<Outcome> {
        self.shutdown.cancelled().await;
        self.ended().await
    }

    /// Waits until all have stopped and their last answers have reached the queues.
    async fn ended(mut self) -> Result<Outcome> {
        self.tasks.close();
        self.tasks.wait().await;
        let queues = self.installations().map(|installation| &installation.queue);
        join_all(queues.map(|queue| queue.settle())).await;
        match self.failures.1.try_recv() {
            Ok(failure) => Err(failure),
            Err(_) => Ok(Outcome::Done),
        }
    }

    fn installations(&self) -> impl Iterator<Item = &Installation> {
        self.served.iter().map(|served| &served.installation)
    }

    fn access_control(&self, served: &Served) -> AccessControl {
        let (front, tenant) = (self.front.clone(), served.place.tenant.clone());
        AccessControl::behind(front, served.installation.catalog.clone(), tenant)
    }
}
