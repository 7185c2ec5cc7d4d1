use std::time::Duration;

use uuid::Uuid;

use super::RedisUrl;
use crate::CAPACITY;

/// How a process joins the queue on Redis.
#[derive(Clone, Debug)]
pub struct RedisConfig {
    pub url: RedisUrl,
    /// Begins the name of every key, so that installations can share a server.
    pub prefix: String,
    /// The consumer group: the same for all processes of an installation.
    pub group: String,
    /// Names this process: no two that run may have the same.
    pub consumer: String,
    /// How long after its last sign of life a consumer is taken to be dead. Leases are extended at
    /// a third of it.
    pub lease: Duration,
    /// Messages a stream holds.
    pub capacity: usize,
}

impl RedisConfig {
    /// The prefix and the group `coverslip`, a consumer of a name never used before, leases of a
    /// minute.
    pub fn new(url: RedisUrl) -> Self {
        Self {
            url,
            prefix: "coverslip".to_owned(),
            group: "coverslip".to_owned(),
            consumer: Uuid::new_v4().to_string(),
            lease: Duration::from_secs(60),
            capacity: CAPACITY,
        }
    }

    pub(super) fn lease_ms(&self) -> u64 {
        u64::try_from(self.lease.as_millis()).unwrap_or(u64::MAX)
    }
}
