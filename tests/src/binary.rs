use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What a finished command left behind.
#[derive(Debug)]
pub struct Finished {
    /// Exit code; `None` if a signal ended the process.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// Standard output as the one JSON object that `--json` promises.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.stdout)
            .with_context(|| format!("standard output is not one JSON object: {self:?}"))
    }
}

/// A command line of the built binary, reading nothing from standard input.
pub fn coverslip() -> Result<Command> {
    let mut command = Command::new(path()?);
    command.stdin(Stdio::null());
    Ok(command)
}

/// Runs `coverslip` with these arguments to its end.
pub fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Result<Finished> {
    let output = coverslip()?
        .args(arguments)
        .output()
        .context("coverslip does not start")?;
    Ok(Finished {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).context("standard output is not UTF-8")?,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// `COVERSLIP_BINARY`, or the binary built beside this test.
fn path() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("COVERSLIP_BINARY") {
        return Ok(path.into());
    }
    let test = std::env::current_exe().context("a test knows its own path")?;
    let built = test
        .parent()
        .and_then(Path::parent)
        .context("a test lies in target/PROFILE/deps")?;
    let path = built.join("coverslip");
    if !path.is_file() {
        bail!("{} is not built: run `cargo build` first", path.display());
    }
    Ok(path)
}
