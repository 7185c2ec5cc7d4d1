use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(20);

/// A redis-server that keeps what it knows on disk.
#[derive(Debug)]
pub struct RedisServer {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl RedisServer {
    /// Returns once it listens.
    pub fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        // Another program may take the port between its choice and its use.
        for _ in 0..5 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
                .local_addr()?
                .port();
            if let Some(process) = started(folder.path(), port)? {
                return Ok(Self {
                    process,
                    port,
                    folder,
                });
            }
        }
        bail!("redis-server does not start on any port")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// SIGKILL, as a power cut would end it.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Forgets everything, as after the loss of its disk.
    pub fn wipe(&self) -> Result<()> {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.write_all(b"FLUSHALL\r\n")?;
        let mut answer = [0; 5];
        connection.read_exact(&mut answer)?;
        ensure!(answer == *b"+OK\r\n", "FLUSHALL was refused");
        Ok(())
    }

    /// Starts again on what lies on its disk.
    pub fn restart(&mut self) -> Result<()> {
        let process = started(self.folder.path(), self.port)?;
        self.process = process.context("redis-server does not start again")?;
        Ok(())
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
fn started(folder: &Path, port: u16) -> Result<Option<Child>> {
    let mut process = Command::new("redis-server")
        .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
        .args(["--appendonly", "yes", "--save", "", "--dir"])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .context("redis-server cannot be started: `.ci/setup` installs it")?;
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if process.try_wait()?.is_some() {
            return Ok(None);
        }
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(Some(process));
        }
        thread::sleep(Duration::from_millis(20));
    }
    process.kill()?;
    process.wait()?;
    bail!("redis-server does not listen")
}
