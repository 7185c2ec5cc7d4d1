use std::error::Error;
use std::time::Duration;

use coverslip_queue::RedisConfig;

/// A real redis-server, and how a test joins it.
pub(crate) struct RedisServer(servers::RedisServer);

impl RedisServer {
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        Ok(Self(servers::RedisServer::start()?))
    }

    /// For a process of its own, with leases that run out within a test.
    pub(crate) fn config(&self) -> Result<RedisConfig, Box<dyn Error>> {
        Ok(RedisConfig {
            lease: Duration::from_secs(5),
            ..RedisConfig::new(self.0.url().parse()?)
        })
    }

    /// SIGKILL, as a power cut would end it.
    pub(crate) fn kill(&mut self) -> Result<(), Box<dyn Error>> {
        Ok(self.0.kill()?)
    }

    /// Starts again on what lies on its disk.
    pub(crate) fn restart(&mut self) -> Result<(), Box<dyn Error>> {
        Ok(self.0.restart()?)
    }

    /// Asks the server itself, as `redis-cli` would.
    pub(crate) async fn ask<T: redis::FromRedisValue>(
        &self,
        line: &[&str],
    ) -> Result<T, Box<dyn Error>> {
        let client = redis::Client::open(("127.0.0.1", self.0.port()))?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        let mut command = redis::cmd(line[0]);
        Ok(command.arg(&line[1..]).query_async(&mut connection).await?)
    }
}
