//! A Python engine that does the same work, started once and asked for it again and again.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::cost::process_cpu_s;

/// The least that one piece of work cost in several rounds.
#[derive(Clone, Copy)]
pub(super) struct RoundCost {
    pub(super) wall_s: f64,
    pub(super) cpu_s: f64,
}

pub(super) struct PythonPeer {
    process: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    pub(super) version: String,
    /// What it found.
    pub(super) values: Vec<f64>,
    pub(super) cost: RoundCost,
}

/// What it says once it is ready.
#[derive(Deserialize)]
struct Ready {
    version: String,
    values: Vec<f64>,
}

impl RoundCost {
    const MOST: Self = Self {
        wall_s: f64::INFINITY,
        cpu_s: f64::INFINITY,
    };

    pub(super) fn least(self, other: Self) -> Self {
        Self {
            wall_s: self.wall_s.min(other.wall_s),
            cpu_s: self.cpu_s.min(other.cpu_s),
        }
    }

    /// Of `work`, done in this process.
    pub(super) fn of<T>(work: impl FnOnce() -> Result<T>) -> Result<Self> {
        let (wall, cpu) = (Instant::now(), process_cpu_s());
        work()?;
        Ok(Self {
            wall_s: wall.elapsed().as_secs_f64(),
            cpu_s: process_cpu_s() - cpu,
        })
    }
}

impl Default for RoundCost {
    fn default() -> Self {
        Self::MOST
    }
}

impl PythonPeer {
    /// Starts a script that prints a line when it is ready and one for each line it reads. It runs
    /// on the cores this process may run on, with as many threads.
    pub(super) fn start(mut command: Command, engine: &str, n_cores: usize) -> Result<Self> {
        command.env("OMP_NUM_THREADS", n_cores.to_string());
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Python: run `make bench`")?;
        let stdin = process.stdin.take().context("standard input is piped")?;
        let stdout = process.stdout.take().context("standard output is piped")?;
        let mut lines = BufReader::new(stdout).lines();
        let ready: Ready = serde_json::from_value(next(&mut lines)?)?;
        Ok(Self {
            process,
            stdin,
            lines,
            version: format!("{} {engine}", ready.version),
            values: ready.values,
            cost: RoundCost::MOST,
        })
    }

    /// Does the work once; what it cost is as the engine measured it.
    pub(super) fn round(&mut self) -> Result<()> {
        writeln!(self.stdin).context("the peer ended early")?;
        let cost = next(&mut self.lines)?;
        let seconds = |name: &str| cost[name].as_f64().context("a peer tells its cost");
        self.cost = self.cost.least(RoundCost {
            wall_s: seconds("wall_s")?,
            cpu_s: seconds("cpu_s")?,
        });
        Ok(())
    }
}

impl Drop for PythonPeer {
    fn drop(&mut self) {
        // A process that is already gone is stopped.
        let _killed = self.process.kill();
        let _ended = self.process.wait();
    }
}

fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> Result<Value> {
    let line = lines.next();
    ensure!(
        line.is_some(),
        "a peer ended early: start its script in tests/bench by hand to see why"
    );
    let line = line.transpose()?.unwrap_or_default();
    Ok(serde_json::from_str(&line)?)
}
