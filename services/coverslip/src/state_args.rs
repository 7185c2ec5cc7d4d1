//! Where the processes of an installation meet.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use catalog::Catalog;
use clap::Args;
use queue::{Queue, RedisConfig, RedisUrl};
use store::Store;

use crate::catalog_args::CatalogArgs;
use crate::installation::{self, Installation, Served};
use crate::s3_args::S3Args;
use crate::tenant_args::Place;

/// Where an installation keeps what it knows, and how its processes hear of each other's work.
#[derive(Clone, Debug, Args)]
pub(crate) struct StateArgs {
    #[command(flatten)]
    catalog: CatalogArgs,
    /// The Redis that carries messages from process to process, as redis://HOST:PORT; within the
    /// process if not given.
    #[arg(
        long,
        env = "COVERSLIP_REDIS_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    redis_url: Option<RedisUrl>,
    /// Seconds after which the work of a process that fell silent goes to another one.
    #[arg(
        long,
        env = "COVERSLIP_LEASE_SECONDS",
        value_name = "SECONDS",
        default_value_t = 60,
        value_parser = clap::value_parser!(u64).range(3..=3600)
    )]
    lease_seconds: u64,
    #[command(flatten)]
    s3: S3Args,
}

impl StateArgs {
    /// For a process that has all parts: an installation, or one for each tenant.
    pub(crate) async fn open(&self) -> Result<Vec<Served>> {
        let mut served = Vec::new();
        for place in self.catalog.places()? {
            let installation = Installation {
                store: self.store(&place).await?,
                catalog: self.catalog.open_in(&place).await?,
                queue: self.queue(&place).await?,
            };
            served.push(Served {
                place,
                installation,
            });
        }
        Ok(served)
    }

    /// For a process that has some of the parts.
    pub(crate) async fn open_shared(&self) -> Result<Vec<Served>> {
        self.shared_url()?;
        self.open().await
    }

    /// What [`CatalogArgs::secrets`] says.
    pub(crate) fn secrets(&self) -> Option<&Path> {
        self.catalog.secrets()
    }

    /// The catalog alone.
    pub(crate) async fn open_catalog(&self) -> Result<Catalog> {
        self.catalog.open().await
    }

    /// The queue alone.
    pub(crate) async fn open_queue(&self) -> Result<Queue> {
        self.join(self.shared_url()?, &self.catalog.place()?).await
    }

    fn shared_url(&self) -> Result<&RedisUrl> {
        self.redis_url.as_ref().context(
            "give --redis-url: without it no other process hears of a slide; `coverslip up` has \
             all parts in one process and needs none",
        )
    }

    /// How long the work of a killed process stays with it.
    pub(crate) const fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }

    async fn join(&self, url: &RedisUrl, place: &Place) -> Result<Queue> {
        let mut config = RedisConfig::new(url.clone());
        config.lease = self.lease();
        if let Some(tenant) = &place.tenant {
            config.prefix = format!("{}:tenants:{tenant}", config.prefix);
        }
        let queue = Queue::redis(config);
        queue.await.context("cannot join the queue")
    }

    async fn store(&self, place: &Place) -> Result<Store> {
        match self.s3.config(place)? {
            None => installation::local_store(&place.folder),
            Some(s3) => Store::s3(&s3).await.context("cannot open the storage"),
        }
    }

    async fn queue(&self, place: &Place) -> Result<Queue> {
        match &self.redis_url {
            None => Ok(Queue::in_process()),
            Some(url) => self.join(url, place).await,
        }
    }
}
