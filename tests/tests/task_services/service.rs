use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// The example service, which notes what it is asked.
pub(crate) struct Service {
    process: Child,
    pub(crate) url: String,
    record: PathBuf,
}

impl Service {
    /// What it notes lies in `folder`; one that is started there again notes beside it.
    pub(crate) fn start(folder: &Path, more: &[&str]) -> Result<Self> {
        let record = folder.join("record.jsonl");
        OpenOptions::new().create(true).append(true).open(&record)?;
        let mut process = Command::new(python()?)
            .arg(root("tests/task_service/recording.py"))
            .args([&root("models/shipped/tasks/phantom-tumour"), &record])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .context("the service does not start")?;
        let printed = process.stdout.take().context("standard output is piped")?;
        let mut url = String::new();
        BufReader::new(printed).read_line(&mut url)?;
        Ok(Self {
            process,
            url: url.trim().to_owned(),
            record,
        })
    }

    /// After which another one can listen where this one did.
    pub(crate) fn stop(self) -> Result<String> {
        let (_, port) = self.url.rsplit_once(':').context("a port")?;
        Ok(port.to_owned())
    }

    /// Each request that was answered, as it came.
    pub(crate) fn asked(&self) -> Result<Vec<Value>> {
        let text = fs::read_to_string(&self.record)?;
        text.lines()
            .map(|line| Ok(serde_json::from_str(line)?))
            .collect()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn root(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file)
}

/// One with numpy: on the PATH, or where `.ci/setup` puts it.
fn python() -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    folders.push(root(".venv/bin"));
    let mut programs = folders.iter().map(|folder| folder.join("python3"));
    programs
        .find(|program| {
            let mut asked = Command::new(program);
            asked.args(["-c", "import numpy"]).stderr(Stdio::null());
            asked.status().is_ok_and(|status| status.success())
        })
        .context("no Python has numpy: run `.ci/setup`")
}

/// The example's folder with another address, and what else is changed.
pub(crate) fn service_task(
    folder: &Path,
    url: &str,
    change: impl FnOnce(&mut Value),
) -> Result<PathBuf> {
    let example = fs::read(root("docs/task-service/task.json"))?;
    let mut task: Value = serde_json::from_slice(&example)?;
    task["service"]["url"] = json!(url);
    change(&mut task);
    let name = task["id"].as_str().context("an id")?;
    let made = folder.join(name);
    fs::create_dir_all(&made)?;
    fs::write(made.join("task.json"), task.to_string())?;
    Ok(made)
}
