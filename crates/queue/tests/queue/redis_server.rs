use std::error::Error;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use coverslip_queue::RedisConfig;
use tempfile::TempDir;

/// A real redis-server in a folder of its own, killed when dropped.
pub(crate) struct RedisServer {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl RedisServer {
    pub(crate) async fn start() -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        // Another program may take the port between its choice and its use.
        for _ in 0..5 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
                .local_addr()?
                .port();
            if let Some(process) = started(&folder, port).await? {
                return Ok(Self {
                    process,
                    port,
                    folder,
                });
            }
        }
        Err("redis-server does not start on any port".into())
    }

    /// For a process of its own, with leases that run out within a test.
    pub(crate) fn config(&self) -> Result<RedisConfig, Box<dyn Error>> {
        let url = format!("redis://127.0.0.1:{}/0", self.port).parse()?;
        Ok(RedisConfig {
            lease: Duration::from_secs(5),
            ..RedisConfig::new(url)
        })
    }

    /// SIGKILL, as a power cut would end it.
    pub(crate) fn kill(&mut self) -> Result<(), Box<dyn Error>> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Starts again on what lies on its disk.
    pub(crate) async fn restart(&mut self) -> Result<(), Box<dyn Error>> {
        let process = started(&self.folder, self.port).await?;
        self.process = process.ok_or("redis-server does not start again")?;
        Ok(())
    }

    /// Asks the server itself, as `redis-cli` would.
    pub(crate) async fn ask<T: redis::FromRedisValue>(
        &self,
        line: &[&str],
    ) -> Result<T, Box<dyn Error>> {
        let client = redis::Client::open(("127.0.0.1", self.port))?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        let mut command = redis::cmd(line[0]);
        Ok(command.arg(&line[1..]).query_async(&mut connection).await?)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // Nothing is left to do for a process that is already gone.
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}

/// The server once it listens; `None` if it ended instead.
async fn started(folder: &TempDir, port: u16) -> Result<Option<Child>, Box<dyn Error>> {
    let process = Command::new("redis-server")
        .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
        .args(["--appendonly", "yes", "--save", "", "--dir"])
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn();
    let mut process = process.map_err(|error| {
        format!("redis-server cannot be started ({error}): `.ci/setup` installs it")
    })?;
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if process.try_wait()?.is_some() {
            return Ok(None);
        }
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(Some(process));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    process.kill()?;
    process.wait()?;
    Err("redis-server does not listen".into())
}
