//! The queue on Redis Streams.
//!
//! A lane is a Redis stream. A message that is due or in flight is an entry of it, read by a consumer group; one whose
//! pause is not over lies in a sorted set by when it will be. Whatever changes more than one key is
//! a script (`scripts/`), so that a process killed at any point leaves nothing half done.
//!
//! The stream is not trimmed by length: that would take entries in flight too, unseen. Acknowledged
//! entries are deleted, so the stream holds what is owed, and the script that publishes makes room
//! by deleting an entry that nobody has read.
//!
//! Redis should run with `maxmemory-policy noeviction`. With `appendonly yes` a restart loses at
//! most what its last second brought; without it everything, which the sweeper repairs.

mod config;
mod connection;
mod dead_letters;
mod entry;
mod keys;
mod lane;
mod lease;
mod reader;
mod scripts;
mod url;
mod wait;

use std::sync::Arc;
use std::time::Duration;

use flow::Urgency;
use redis::RedisResult;
use redis::aio::ConnectionManager;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tracing::warn;

pub use config::RedisConfig;
pub(crate) use lease::Lease;
pub(crate) use reader::Reader;
pub use url::{NoRedisUrl, RedisUrl};

use crate::QueueError;
use lane::Lane;
use scripts::Scripts;

/// How long the end of a process may wait for answers to reach Redis.
const SETTLING: Duration = Duration::from_secs(5);

/// What the streams of one queue share.
pub(crate) struct RedisStreams {
    config: RedisConfig,
    /// For all but waiting, which holds up whatever else is asked on the same connection.
    connection: ConnectionManager,
    scripts: Scripts,
    /// Readers and leases.
    tasks: TaskTracker,
}

impl RedisStreams {
    pub(crate) async fn connect(config: RedisConfig) -> Result<Self, QueueError> {
        Ok(Self {
            connection: connection::connect(&config.url).await?,
            config,
            scripts: Scripts::default(),
            tasks: TaskTracker::new(),
        })
    }

    pub(crate) fn lane(self: &Arc<Self>, stream: &'static str, urgency: Urgency) -> Lane {
        Lane::new(Arc::clone(self), stream, urgency)
    }

    /// The urgent one first.
    pub(crate) fn lanes(self: &Arc<Self>, stream: &'static str) -> [Lane; 2] {
        Urgency::ALL.map(|urgency| self.lane(stream, urgency))
    }

    pub(crate) async fn answers(&self) -> Result<(), QueueError> {
        let mut connection = self.connection.clone();
        let pong: RedisResult<String> = redis::cmd("PING").query_async(&mut connection).await;
        pong.map(drop)
            .map_err(|source| connection::failed(&self.config.url, source))
    }

    pub(crate) async fn settle(&self) {
        self.tasks.close();
        if timeout(SETTLING, self.tasks.wait()).await.is_err() {
            warn!(
                "some answers did not reach Redis in time: their messages will be delivered again"
            );
        }
    }
}
