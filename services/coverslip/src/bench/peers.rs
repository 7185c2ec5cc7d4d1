//! The programs we compare with: where they are and which version.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// This very binary.
pub(crate) fn coverslip() -> Result<Command> {
    let program = std::env::current_exe().context("cannot tell where this binary lies")?;
    Ok(Command::new(program))
}

/// A program that may run on one processor core only.
pub(crate) fn pinned(core: usize, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program);
    command
}

/// This process and whatever it starts may run on the first cores only.
pub(crate) fn pin_to(n_cores: usize) -> Result<()> {
    let status = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid"])
        .arg(format!("0-{}", n_cores - 1))
        .arg(std::process::id().to_string())
        .stdout(Stdio::null())
        .status();
    ensure!(
        status.context("cannot start taskset")?.success(),
        "taskset failed"
    );
    Ok(())
}

/// `vips dzsave` with the tile size and quality of the slide, on as many threads as it likes.
pub(crate) fn dzsave(slide: &Path, out: &Path) -> Command {
    let mut command = Command::new("vips");
    command.arg("dzsave").arg(slide).arg(out);
    command.args([
        "--tile-size",
        "256",
        "--overlap",
        "0",
        "--suffix",
        ".jpg[Q=85]",
    ]);
    command
}

/// A script of ours, with the Python that has the peers' packages.
pub(crate) fn python(script: &str) -> Command {
    let mut command = Command::new(".venv/bin/python");
    command.arg(script);
    command
}

/// What `program` answers when asked for its version; `None` if it is not installed.
pub(crate) fn version(program: &str, question: &str) -> Option<String> {
    let output = Command::new(program)
        .arg(question)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let answer = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&answer).into_owned();
    text.lines()
        .find(|line| !line.trim().is_empty())
        .map(|line| line.trim().to_owned())
}
