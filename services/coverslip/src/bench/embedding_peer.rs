//! A Python engine that embeds the same tiles, started once and asked for batch after batch.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::embedding::BatchCost;
use super::peers;

#[derive(Clone, Copy, Debug)]
pub(super) enum Engine {
    /// With no better instructions than oneDNN's name of an instruction set says.
    OpenVinoF32 {
        isa: &'static str,
    },
    OpenVinoBf16,
    /// With AVX2 and nothing better.
    TorchF32Avx2,
    TorchCompileBf16,
}

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Self::OpenVinoF32 { .. } => "openvino-f32",
            Self::OpenVinoBf16 => "openvino-bf16",
            Self::TorchF32Avx2 => "torch-f32",
            Self::TorchCompileBf16 => "torch-compile-bf16",
        }
    }

    /// How the engine is held to an instruction set, if it is.
    fn environment(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::OpenVinoF32 { isa } => vec![("ONEDNN_MAX_CPU_ISA", isa)],
            Self::TorchF32Avx2 => vec![
                ("ONEDNN_MAX_CPU_ISA", "AVX2"),
                ("MKL_ENABLE_INSTRUCTIONS", "AVX2"),
                ("ATEN_CPU_CAPABILITY", "avx2"),
            ],
            Self::OpenVinoBf16 | Self::TorchCompileBf16 => Vec::new(),
        }
    }
}

pub(super) struct Peer {
    process: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    pub(super) version: String,
    pub(super) embeddings: Vec<f64>,
    pub(super) cost: BatchCost,
}

/// What it says once it is ready.
#[derive(Deserialize)]
struct Ready {
    version: String,
    embeddings: Vec<f64>,
}

impl Peer {
    /// `files` are the weights and the tiles. Runs on the cores this process may run on.
    pub(super) fn start(
        engine: Engine,
        timm: &str,
        files: [&Path; 2],
        n_cores: usize,
    ) -> Result<Self> {
        let mut command = peers::python("tests/bench/embed_peer.py");
        command.arg(engine.name()).arg(timm).args(files);
        command.arg(n_cores.to_string());
        command.env("OMP_NUM_THREADS", n_cores.to_string());
        command.envs(engine.environment());
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
            version: format!("{} {}", ready.version, engine.name()),
            embeddings: ready.embeddings,
            cost: BatchCost::MOST,
        })
    }

    /// One batch, as the engine measured it.
    pub(super) fn batch(&mut self) -> Result<BatchCost> {
        writeln!(self.stdin).context("the peer ended early")?;
        let cost = next(&mut self.lines)?;
        let seconds = |name: &str| cost[name].as_f64().context("a peer tells its cost");
        Ok(BatchCost {
            wall_s: seconds("wall_s")?,
            cpu_s: seconds("cpu_s")?,
        })
    }
}

impl Drop for Peer {
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
        "a peer ended early: start tests/bench/embed_peer.py by hand to see why"
    );
    let line = line.transpose()?.unwrap_or_default();
    Ok(serde_json::from_str(&line)?)
}
