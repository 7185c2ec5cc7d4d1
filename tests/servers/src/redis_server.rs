use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::certificate::{CERTIFICATE, KEY, make_certificate};

const PATIENCE: Duration = Duration::from_secs(20);

/// A redis-server that keeps what it knows on disk.
#[derive(Debug)]
pub struct RedisServer {
    process: Child,
    port: u16,
    folder: TempDir,
    speech: Speech,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speech {
    Plain,
    Tls,
}

impl RedisServer {
    /// Returns once it listens.
    pub fn start() -> Result<Self> {
        Self::start_with(Speech::Plain)
    }

    /// The same in TLS alone, for which [`RedisServer::certificate`] vouches.
    pub fn start_with_tls() -> Result<Self> {
        Self::start_with(Speech::Tls)
    }

    fn start_with(speech: Speech) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        if speech == Speech::Tls {
            let mut openssl = Command::new("openssl");
            openssl.current_dir(folder.path()).stderr(Stdio::null());
            make_certificate(openssl)?;
        }
        // Another program may take the port between its choice and its use.
        for _ in 0..5 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
                .local_addr()?
                .port();
            if let Some(process) = started(folder.path(), port, speech)? {
                return Ok(Self {
                    process,
                    port,
                    folder,
                    speech,
                });
            }
        }
        bail!("redis-server does not start on any port")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        let scheme = match self.speech {
            Speech::Plain => "redis",
            Speech::Tls => "rediss",
        };
        format!("{scheme}://127.0.0.1:{}/0", self.port)
    }

    /// In PEM.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join(CERTIFICATE)
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
        let process = started(self.folder.path(), self.port, self.speech)?;
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
fn started(folder: &Path, port: u16, speech: Speech) -> Result<Option<Child>> {
    let mut command = Command::new("redis-server");
    let port_text = port.to_string();
    match speech {
        Speech::Plain => command.args(["--port", &port_text]),
        Speech::Tls => command
            .args(["--port", "0", "--tls-port", &port_text])
            .args(["--tls-cert-file", CERTIFICATE, "--tls-key-file", KEY])
            .args([
                "--tls-ca-cert-file",
                CERTIFICATE,
                "--tls-auth-clients",
                "no",
            ]),
    };
    let mut process = command
        .current_dir(folder)
        .args(["--bind", "127.0.0.1"])
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
