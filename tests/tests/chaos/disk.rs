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
        compile(folder.path())?;
        let file = folder.path().join("phantom.tiff");
        phantom(
            &file,
            &["--size", "2048", "--tumour", "0.3", "--grade", "3"],
        )?;
        fs::create_dir(folder.path().join("data"))?;
        Ok(Self {
            server: start(folder.path())?,
            phantom: fs::read(&file)?,
            folder,
        })
    }

    fn kill_and_start_again(&mut self) -> Result<()> {
        self.server.kill()?;
        self.server = start(self.folder.path())?;
        Ok(())
    }

    fn fail(&self, fault: Fault) -> Result<()> {
        let Fault { call, errno, files } = fault;
        let order = order_file(self.folder.path());
        Ok(fs::write(order, format!("{call} {errno} {files}\n"))?)
    }

    fn repair(&self) -> Result<()> {
        Ok(fs::remove_file(order_file(self.folder.path()))?)
    }

    fn accepted(&self, slide: Vec<u8>) -> Result<String> {
        let (status, answer) = self.push(slide)?;
        ensure!(status == 201, "{status}: {answer}");
        Ok(answer["id"].as_str().context("an id")?.to_owned())
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

fn library(folder: &Path) -> PathBuf {
    folder.join("failing_disk.so")
}

fn compile(folder: &Path) -> Result<()> {
    let status = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .arg(library(folder))
        .arg(FAILING_DISK)
        .arg("-ldl")
        .status()
        .context("a C compiler is needed: install gcc")?;
    ensure!(status.success(), "{FAILING_DISK} does not compile");
    Ok(())
}

fn start(folder: &Path) -> Result<Server> {
    let data = folder.join("data").canonicalize()?;
    let mut command = coverslip()?;
    command
        .arg("up")
        .env("LD_PRELOAD", library(folder))
        .env("FAILING_DISK_FOLDER", &data)
        .env("FAILING_DISK_ORDER", order_file(folder));
    let data = data.to_str().context("a path of text")?;
    Server::start_command(command, &["--data", data], [""; 0])
}

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
struct Fault {
    /// Of the C library: `write` or `fsync`.
    call: &'static str,
    errno: i32,
    /// Part of the paths of the files it goes wrong with.
    files: &'static str,
}

const fn everywhere(call: &'static str, errno: i32) -> Fault {
    let files = "/";
    Fault { call, errno, files }
}

const FAULTS: [Fault; 3] = [
    everywhere("write", ENOSPC),
    everywhere("write", EIO),
    everywhere("fsync", EIO),
];

#[test]
fn nothing_is_acknowledged_that_the_disk_did_not_take() -> Result<()> {
    let installation = Installation::new()?;
    for number in 0..rounds()? {
        for (at, fault) in (0..).zip(FAULTS) {
            let slide = installation.slide(number * 10 + at);
            let n_before = installation.n_slides();
            installation.fail(fault)?;
            let (status, problem) = installation.push(slide.clone())?;
            installation.repair()?;
            let expected = if fault.errno == ENOSPC { 507 } else { 500 };
            ensure!(
                status == expected,
                "{fault:?} was answered {status}: {problem}"
            );
            ensure!(
                installation.n_slides() == n_before,
                "{fault:?} left something"
            );
            let id = installation.accepted(slide)?;
            installation.server.wait_for_state(&id, &["scored"])?;
        }
    }
    Ok(())
}

#[test]
fn a_slide_outlives_a_disk_that_fails_for_a_while() -> Result<()> {
    let installation = Installation::new()?;
    let undisturbed = installation.accepted(installation.slide(900_000))?;
    let undisturbed = installation
        .server
        .wait_for_state(&undisturbed, &["scored"])?;
    for number in 0..rounds()? {
        for (at, fault) in (0..).zip(FAULTS) {
            let id = installation.accepted(installation.slide(number * 10 + at))?;
            // Another part of its way each time.
            thread::sleep(Duration::from_millis(number * 50));
            installation.fail(fault)?;
            thread::sleep(Duration::from_secs(2));
            installation.repair()?;
            let row = installation
                .server
                .wait_for_state(&id, &["scored", "quarantined"])?;
            ensure!(row["status"]["state"] == "scored", "after {fault:?}: {row}");
            ensure!(row["probability"] == undisturbed["probability"], "{row}");
        }
    }
    Ok(())
}

/// A catalog that could not be written, and then could again, keeps what it says it keeps.
#[test]
fn what_is_recorded_after_the_catalog_failed_outlives_a_kill() -> Result<()> {
    let mut installation = Installation::new()?;
    for number in 0..rounds()? {
        for (at, call) in (0..).zip(["write", "fsync"]) {
            let first = installation.accepted(installation.slide(number * 10 + at))?;
            installation.fail(Fault {
                call,
                errno: EIO,
                files: "catalog.sqlite",
            })?;
            thread::sleep(Duration::from_millis(3_500));
            installation.repair()?;
            installation.server.wait_for_state(&first, &["scored"])?;
            let second = installation.accepted(installation.slide(number * 10 + at + 5))?;
            installation.server.wait_for_state(&second, &["scored"])?;
            installation.kill_and_start_again()?;
            for id in [&first, &second] {
                let row = installation
                    .server
                    .get_json(&format!("/api/v1/slides/{id}"))?;
                ensure!(row["status"]["state"] == "scored", "{row}");
            }
        }
    }
    Ok(())
}
