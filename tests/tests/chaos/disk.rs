//! A disk that is full, that fails, or that cannot say that it holds what it was given.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use harness::{Server, coverslip, phantom};
use serde_json::Value;

use crate::rounds::rounds;

/// Fails calls of the C library; see the file.
const FAILING_DISK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/chaos/failing_disk.c");

/// `coverslip up` on a disk that fails when told to.
struct Installation {
    folder: tempfile::TempDir,
    server: Server,
    phantom: Vec<u8>,
}

impl Installation {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let library = compiled(folder.path())?;
        let file = folder.path().join("phantom.tiff");
        phantom(
            &file,
            &["--size", "2048", "--tumour", "0.3", "--grade", "3"],
        )?;
        let data = folder.path().join("data");
        fs::create_dir(&data)?;
        let mut command = coverslip()?;
        command
            .arg("up")
            .env("LD_PRELOAD", library)
            .env("FAILING_DISK_FOLDER", data.canonicalize()?)
            .env("FAILING_DISK_ORDER", order_file(folder.path()));
        let data = data.to_str().context("a path of text")?;
        Ok(Self {
            server: Server::start_command(command, &["--data", data], [""; 0])?,
            phantom: fs::read(&file)?,
            folder,
        })
    }

    /// A call of the C library, such as `write`, and how it fails; `None`: all is well.
    fn disk(&self, order: Option<(&str, i32)>) -> Result<()> {
        let file = order_file(self.folder.path());
        match order {
            Some((call, errno)) => fs::write(file, format!("{call} {errno}\n"))?,
            None => fs::remove_file(file)?,
        }
        Ok(())
    }

    fn slide(&self, number: u64) -> Vec<u8> {
        [&self.phantom[..], &number.to_le_bytes()].concat()
    }

    fn push(&self, slide: Vec<u8>) -> Result<(u16, Value)> {
        let answer = self.server.post("/api/v1/slides").body(slide).send()?;
        let status = answer.status().as_u16();
        let text = answer.text()?;
        let json = serde_json::from_str(&text).with_context(|| format!("{status}: {text}"))?;
        Ok((status, json))
    }

    fn n_slides(&self) -> usize {
        let slides = self.folder.path().join("data/objects/slides");
        fs::read_dir(slides).map_or(0, Iterator::count)
    }
}

fn order_file(folder: &Path) -> PathBuf {
    folder.join("order")
}

fn compiled(folder: &Path) -> Result<PathBuf> {
    let library = folder.join("failing_disk.so");
    let status = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .arg(&library)
        .arg(FAILING_DISK)
        .arg("-ldl")
        .status()
        .context("a C compiler is needed: install gcc")?;
    ensure!(status.success(), "{FAILING_DISK} does not compile");
    Ok(library)
}

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

const FAULTS: [(&str, i32); 3] = [("write", ENOSPC), ("write", EIO), ("fsync", EIO)];

#[test]
fn nothing_is_acknowledged_that_the_disk_did_not_take() -> Result<()> {
    let installation = Installation::new()?;
    for number in 0..rounds()? {
        for (at, fault) in (0..).zip(FAULTS) {
            let slide = installation.slide(number * 10 + at);
            let n_before = installation.n_slides();
            installation.disk(Some(fault))?;
            let (status, problem) = installation.push(slide.clone())?;
            installation.disk(None)?;
            let expected = if fault.1 == ENOSPC { 507 } else { 500 };
            ensure!(
                status == expected,
                "{fault:?} was answered {status}: {problem}"
            );
            ensure!(
                installation.n_slides() == n_before,
                "{fault:?} left something"
            );
            let (status, answer) = installation.push(slide)?;
            ensure!(status == 201, "{status}: {answer}");
            let id = answer["id"].as_str().context("an id")?;
            installation.server.wait_for_state(id, &["scored"])?;
        }
    }
    Ok(())
}

#[test]
fn a_slide_outlives_a_disk_that_fails_for_a_while() -> Result<()> {
    let installation = Installation::new()?;
    let (_, answer) = installation.push(installation.slide(900_000))?;
    let undisturbed = answer["id"].as_str().context("an id")?;
    let undisturbed = installation
        .server
        .wait_for_state(undisturbed, &["scored"])?;
    for number in 0..rounds()? {
        for (at, fault) in (0..).zip(FAULTS) {
            let (status, answer) = installation.push(installation.slide(number * 10 + at))?;
            ensure!(status == 201, "{status}: {answer}");
            let id = answer["id"].as_str().context("an id")?;
            // Another part of its way each time.
            thread::sleep(Duration::from_millis(number * 50));
            installation.disk(Some(fault))?;
            thread::sleep(Duration::from_secs(2));
            installation.disk(None)?;
            let row = installation
                .server
                .wait_for_state(id, &["scored", "quarantined"])?;
            ensure!(row["status"]["state"] == "scored", "after {fault:?}: {row}");
            ensure!(row["probability"] == undisturbed["probability"], "{row}");
        }
    }
    Ok(())
}
