//! What a running installation tells of itself: metrics, traces, logs, readiness, dead letters, and
//! that the dashboard and the alerts of the chart ask for what is there.

mod canaries;
mod chart;
mod collector;
mod dead_letters;
mod logs;
mod metrics;
mod readiness;
mod scrape;
mod sharing;
mod tagged;
mod traces;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use harness::{Server, phantom, pushed_new};

/// In file names, where a scanner puts the patient's name.
const CANARY: &str = "Canary-Meier-1950";

const NOTHING_MORE: [&str; 0] = [];

fn painted(folder: &Path, seed: &str) -> Result<Vec<u8>> {
    let file = folder.join(format!("{seed}.tiff"));
    let plan = ["--tumour", "0.2", "--grade", "3", "--size", "4096"];
    phantom(&file, &[&plan[..], &["--seed", seed]].concat())?;
    Ok(fs::read(&file)?)
}

/// Pushes a file under a patient's name.
fn push(server: &Server, bytes: Vec<u8>, headers: &[(&str, &str)]) -> Result<String> {
    let mut request = server
        .post("/api/v1/slides")
        .header("X-Filename", format!("{CANARY}.tiff"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    pushed_new(request.body(bytes))
}

/// Looks until there is something to see.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        if let Some(seen) = look()? {
            return Ok(seen);
        }
        ensure!(Instant::now() < deadline, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(200));
    }
}
