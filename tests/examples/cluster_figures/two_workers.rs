//! Two embed processes on a core each, against one.

use std::ffi::OsString;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use harness::{Server, coverslip, phantom};
use servers::RedisServer;

use crate::{Figure, Promise};

/// So many that starting and the last slide, where one may wait for the other, do not count.
const N_SLIDES: u64 = 24;

/// Seen this fine, each has some 1,300 tiles.
const SIDE: &str = "12288";
const FINE_WORKER: [&str; 5] = ["work", "embed", "--at-mpp", "0.25", "--allow-untrained-mpp"];

pub(crate) fn throughput() -> Result<Figure> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("phantom.tiff");
    phantom(&file, &["--size", SIDE, "--seed", "90181"])?;
    let slide = std::fs::read(&file)?;
    let one = seconds(&slide, &["0"])?;
    let two = seconds(&slide, &["0", "1"])?;
    let ratio = one / two;
    Ok(Figure {
        work: format!("embed {N_SLIDES} slides by two processes on a core each, against one"),
        measured: format!("{two:.1} s, {one:.1} s: {ratio:.2}x"),
        promise: Some(Promise {
            text: "1.9x",
            is_kept: ratio >= 1.9,
        }),
    })
}

/// From when the workers start, before a queue of slides that are all tiled, to the last embedded; by a
/// process on each of these cores.
fn seconds(slide: &[u8], cores: &[&str]) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let redis = RedisServer::start()?;
    let url = redis.url();
    let catalog = ["--data", data.to_str().context("a path of text")?];
    let arguments = ["--redis-url", url.as_str()];
    let part = |name: &str| Server::start_part(&["serve", name], &catalog, arguments);
    let (ingest, cases) = (part("ingest")?, part("cases")?);
    // Copies but for their last bytes, which no reader looks at.
    let slides = (0..N_SLIDES).map(|n| ingest.push_new([slide, &n.to_le_bytes()].concat()));
    let slides: Vec<String> = slides.collect::<Result<_>>()?;
    let all_are = |state| {
        let mut each = slides.iter();
        each.try_for_each(|id| cases.wait_for_state(id, &[state]).map(drop))
    };
    all_are("tiled")?;
    let began = Instant::now();
    let workers = cores
        .iter()
        .map(|core| Server::start_command(embed_on(core)?, &catalog, arguments));
    let _workers: Vec<Server> = workers.collect::<Result<_>>()?;
    all_are("embedded")?;
    Ok(began.elapsed().as_secs_f64())
}

fn embed_on(core: &str) -> Result<Command> {
    let program: OsString = coverslip()?.get_program().to_owned();
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", core]).arg(program);
    command.args(FINE_WORKER);
    Ok(command)
}
