//! Where the processes of an installation meet.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use queue::{Queue, RedisConfig, RedisUrl};

use crate::installation::Installation;
use crate::s3_args::S3Args;

/// Where an installation keeps what it knows, and how its processes hear of each other's work.
#[derive(Clone, Debug, Args)]
pub(crate) struct StateArgs {
    /// The folder with everything the installation keeps; made if it is not there.
    #[arg(long, env = "COVERSLIP_DATA")]
    pub(crate) data: PathBuf,
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
    /// For a process that has all parts.
    pub(crate) async fn open(&self) -> Result<Installation> {
        let installation = match self.s3.config(&self.data) {
            None => Installation::open(&self.data).await?,
            Some(s3) => Installation::open_on_s3(&self.data, &s3).await?,
        };
        match &self.redis_url {
            None => Ok(installation),
            Some(url) => Ok(Installation {
                queue: self.join(url).await?,
                ..installation
            }),
        }
    }

    /// For a process that has some of the parts.
    pub(crate) async fn open_shared(&self) -> Result<Installation> {
        self.shared_url()?;
        self.open().await
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

    async fn join(&self, url: &RedisUrl) -> Result<Queue> {
        let queue = Queue::redis(RedisConfig {
            lease: Duration::from_secs(self.lease_seconds),
            ..RedisConfig::new(url.clone())
        });
        queue.await.context("cannot join the queue")
    }
}
