use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::Value;

use crate::{coverslip, run};

/// A process of `coverslip` on a free port, killed when dropped.
pub struct Server {
    process: Child,
    /// Of `coverslip up` alone.
    login_link: Option<String>,
    asker: Asker,
}

/// Asks a server as an admin does.
#[derive(Clone)]
pub struct Asker {
    base: String,
    token: String,
    client: Client,
}

impl Server {
    /// Starts `coverslip up` on `data` and waits until the login link is printed; `arguments`
    /// follow.
    pub fn start<S: AsRef<OsStr>>(
        data: &Path,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Self> {
        Self::up(data, arguments, Stdio::inherit())
    }

    /// The same with its log in a file.
    pub fn start_logging<S: AsRef<OsStr>>(
        data: &Path,
        arguments: impl IntoIterator<Item = S>,
        log: &File,
    ) -> Result<Self> {
        Self::up(data, arguments, log.try_clone()?.into())
    }

    fn up<S: AsRef<OsStr>>(
        data: &Path,
        arguments: impl IntoIterator<Item = S>,
        log: Stdio,
    ) -> Result<Self> {
        let data = data.to_str().context("a path of text")?;
        let mut command = coverslip()?;
        command.arg("up").stderr(log);
        Self::start_command(command, &["--data", data], arguments)
    }

    /// Starts a part of an installation, such as `serve tiles`, and waits until it says where it
    /// listens. `catalog` has the arguments that say where the catalog is.
    pub fn start_part<S: AsRef<OsStr>>(
        part: &[&str],
        catalog: &[&str],
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Self> {
        let mut command = coverslip()?;
        command.args(part);
        Self::start_command(command, catalog, arguments)
    }

    /// The same with a command that was begun already, to give it an environment.
    pub fn start_command<S: AsRef<OsStr>>(
        mut command: Command,
        catalog: &[&str],
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Self> {
        let mut process = command
            .args(["--listen", "127.0.0.1:0"])
            .args(catalog)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{command:?} does not start"))?;
        let printed = printed_address(&mut process)?;
        let (base, login_link) = match printed.split_once("/login?code=") {
            Some((base, _)) => (base.to_owned(), Some(printed.clone())),
            None => (printed, None),
        };
        Ok(Self {
            process,
            login_link,
            asker: Asker {
                base,
                token: admin_token(catalog)?,
                client: Client::builder().timeout(Duration::from_secs(60)).build()?,
            },
        })
    }

    pub fn base(&self) -> &str {
        &self.asker.base
    }

    /// Somebody else, with this token.
    pub fn asker_with(&self, token: &str) -> Asker {
        Asker {
            token: token.to_owned(),
            ..self.asker()
        }
    }

    /// For another thread to ask with, also after the server is gone.
    pub fn asker(&self) -> Asker {
        self.asker.clone()
    }

    /// The admin's, which requests here carry.
    pub fn token(&self) -> &str {
        &self.asker.token
    }

    /// `None` of a part.
    pub fn login_link(&self) -> Option<&str> {
        self.login_link.as_deref()
    }

    /// An admin's request to `path`.
    pub fn get(&self, path: &str) -> Result<Response> {
        self.asker.get(path)
    }

    pub fn get_json(&self, path: &str) -> Result<Value> {
        let response = self.get(path)?;
        let status = response.status();
        let text = response.text()?;
        ensure!(status.is_success(), "GET {path} answered {status}: {text}");
        Ok(serde_json::from_str(&text)?)
    }

    /// An admin's POST, for the test to give a body and headers.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.asker.asked(Method::POST, path)
    }

    /// An admin's PUT, for the test to give a body and headers.
    pub fn put(&self, path: &str) -> RequestBuilder {
        self.asker.asked(Method::PUT, path)
    }

    /// A request without any token.
    pub fn get_as_stranger(&self, path: &str) -> Result<Response> {
        Ok(self.asker.client.get(self.asker.url(path)).send()?)
    }

    /// Asks for the slide until its state is one of `states`; its JSON then.
    pub fn wait_for_state(&self, slide: &str, states: &[&str]) -> Result<Value> {
        let deadline = Instant::now() + Duration::from_secs(240);
        loop {
            let row = self.get_json(&format!("/api/v1/slides/{slide}"))?;
            let state = row["status"]["state"].as_str().unwrap_or_default();
            if states.contains(&state) {
                return Ok(row);
            }
            if Instant::now() > deadline {
                bail!("slide {slide} did not come to {states:?}: {row}");
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// The number of the process.
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// Peak resident memory so far, in bytes.
    pub fn peak_memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM:"))
            .context("VmHWM")?;
        let kib: u64 = line
            .split_whitespace()
            .nth(1)
            .context("a number of kB")?
            .parse()?;
        Ok(kib * 1024)
    }

    /// SIGKILL, as a power cut would end it.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Asker {
    pub fn get(&self, path: &str) -> Result<Response> {
        Ok(self.asked(Method::GET, path).send()?)
    }

    pub fn asked(&self, method: Method, path: &str) -> RequestBuilder {
        let asked = self.client.request(method, self.url(path));
        asked.bearer_auth(&self.token)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to do for a process that is already gone.
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}

fn printed_address(process: &mut Child) -> Result<String> {
    let stdout = process.stdout.take().context("standard output is piped")?;
    let mut lines = BufReader::new(stdout).lines();
    for line in lines.by_ref() {
        let line = line?;
        if let Some(link) = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
        {
            // Keep reading, so that the server never blocks on a full pipe.
            thread::spawn(move || lines.for_each(drop));
            return Ok(link.to_owned());
        }
    }
    bail!("coverslip ended without saying where it listens")
}

fn admin_token(catalog: &[&str]) -> Result<String> {
    let create = ["token", "create", "--role", "admin", "--json"];
    let finished = run([&create, catalog].concat())?;
    ensure!(
        finished.code == Some(0),
        "coverslip token create failed: {}",
        finished.stderr
    );
    let token = finished.json()?["token"]
        .as_str()
        .context("a token")?
        .to_owned();
    Ok(token)
}
