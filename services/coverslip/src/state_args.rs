//! Where the processes of an installation meet.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use catalog::Catalog;
use clap::Args;
use queue::{Queue, RedisConfig, RedisUrl};
use store::Store;

use crate::catalog_args::CatalogArgs;
use crate::installation::{self, Installation};
use crate::s3_args::S3Args;

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
    /// Of the installation, or of this process where all that is shared lies elsewhere.
    pub(crate) fn data(&self) -> &Path {
        &self.catalog.data
    }

    /// For a process that has all parts.
    pub(crate) async fn open(&self) -> Result<Installation> {
        Ok(Installation {
            store: self.store().await?,
            catalog: self.catalog.open().await?,
            queue: self.queue().await?,
        })
    }

    /// For a process that has some of the parts.
    pub(crate) async fn open_shared(&self) -> Result<Installation> {
        self.shared_url()?;
        self.open().await
    }

    /// The catalog alone.
    pub(crate) async fn open_catalog(&self) -> Result<Catalog> {
        self.catalog.open().await
    }

    /// The queue alone.
    pub(crate) async fn open_queue(&self) -> Result<Queue> {
        self.join(self.shared_url()?).await
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

    async fn join(&self, url: &RedisUrl) -> Result<Queue> {
        let queue = Queue::redis(RedisConfig {
            lease: self.lease(),
            ..RedisConfig::new(url.clone())
        });
        queue.await.context("cannot join the queue")
    }

    async fn store(&self) -> Result<Store> {
        match self.s3.config(self.data()) {
            None => installation::local_store(self.data()),
            Some(s3) => Store::s3(&s3).await.context("cannot open the storage"),
        }
    }

    async fn queue(&self) -> Result<Queue> {
        match &self.redis_url {
            None => Ok(Queue::in_process()),
            Some(url) => self.join(url).await,
        }
    }
}
