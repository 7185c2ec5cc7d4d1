//! A slide from its file to a call, against the usual Python: OpenSlide, timm, PyTorch.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flow::Precision;
use serde_json::Value;

use super::cost::{self, Cost};
use super::inputs::{Inputs, Synthetic};
use super::peers;
use super::python_peer::PythonPeer;
use super::table::{Comparison, Figure, Table};

const ROUNDS: usize = 3;
const N_CORES: usize = 2;
const PROMISED: f64 = 3.0;
/// Each is a line of its own: what is gained in time is paid in rounding. The bag of the last is where
/// the peer finds its places, and it is exported by the name of the encoder in f32.
const PRECISIONS: [Precision; 3] = [Precision::Int8, Precision::Bf16, Precision::F32];
/// The best of these is the peer.
const ENGINES: [&str; 3] = ["f32", "compile-f32", "compile-bf16"];
const ENCODER: &str = "models/shipped/encoder";
const TASK: &str = "models/shipped/tasks/phantom-tumour";

/// Ours is a whole process: it reads the file, finds the tissue, makes the pyramid, embeds, scores,
/// explains and stores all of it. The peer has its programs loaded and compiled, and is given the
/// places of the tiles.
pub(crate) fn analysis(inputs: &Inputs, table: &mut Table) -> Result<()> {
    peers::pin_to(N_CORES)?;
    let slide = inputs.synthetic(Synthetic {
        side: 20_480,
        step: 2,
    })?;
    let ours = PRECISIONS.map(|precision| analyze(&slide, precision, inputs));
    let mut ours = ours.into_iter().collect::<Result<Vec<_>>>()?;
    let bag = exported_bag(inputs)?;
    let peers = ENGINES.iter().map(|engine| start(engine, &slide, &bag));
    let mut peers: Vec<PythonPeer> = peers.collect::<Result<_>>()?;
    for _ in 0..ROUNDS {
        for ours in &mut ours {
            let round = analyze(&slide, ours.precision, inputs)?;
            if round.cost.wall_s < ours.cost.wall_s {
                *ours = round;
            }
        }
        for peer in &mut peers {
            peer.round()?;
        }
    }
    for ours in &ours {
        table.add(figure(ours, &peers)?)?;
    }
    Ok(())
}

struct Analysis {
    precision: Precision,
    cost: Cost,
    /// What `--json` printed of the slide.
    report: Value,
}

fn analyze(slide: &Path, precision: Precision, inputs: &Inputs) -> Result<Analysis> {
    let data = inputs.fresh("whole-slide")?;
    let out = data.join("report.json");
    let mut command = peers::coverslip()?;
    command.arg("analyze").arg(slide).arg("--data").arg(&data);
    command.args(["--json", "--precision", &precision.to_string()]);
    let cost = cost::run_into(&mut command, &out)?;
    let report: Value = serde_json::from_slice(&fs::read(&out)?)?;
    Ok(Analysis {
        precision,
        cost,
        report: report["slides"][0].clone(),
    })
}

/// The places of the tiles, for the peer.
fn exported_bag(inputs: &Inputs) -> Result<PathBuf> {
    let out = inputs.fresh("whole-slide-bag")?;
    let data = out.with_file_name("whole-slide");
    let mut export = peers::coverslip()?;
    export.args(["bags", "export", "--format", "trident", "--data"]);
    export.arg(data).arg("--out").arg(&out);
    cost::run(&mut export)?;
    let file = fs::read_dir(&out)?.next().context("a bag was exported")?;
    Ok(file?.path())
}

fn start(engine: &str, slide: &Path, bag: &Path) -> Result<PythonPeer> {
    let mut command = peers::python("tests/bench/whole_slide_peer.py");
    command.arg(engine).arg(slide).arg(bag);
    command.args([ENCODER, TASK, &N_CORES.to_string()]);
    PythonPeer::start(command, engine, N_CORES)
}

fn figure(ours: &Analysis, peers: &[PythonPeer]) -> Result<Figure> {
    let peer = peers
        .iter()
        .min_by(|a, b| a.cost.wall_s.total_cmp(&b.cost.wall_s))
        .context("there are peers")?;
    let found = peer.values.first().copied().unwrap_or_default();
    let probability = ours.report["probability"].as_f64();
    let stages = ours.report["timings"].as_array().into_iter().flatten();
    let stages = stages.filter_map(|timing| {
        let stage = timing["stage"].as_str()?;
        Some(format!("{stage} {:.1}", timing["wall_s"].as_f64()?))
    });
    Ok(Figure {
        work: format!(
            "a 20,480 px slide from file to call, {}, 2 cores, wall clock",
            ours.precision
        ),
        ours: format!(
            "{:.1} s ({}), {:.1} CPU-s, {} MB at most; probability {:.4}",
            ours.cost.wall_s,
            stages.collect::<Vec<_>>().join(", "),
            ours.cost.cpu_s,
            ours.cost.peak_bytes / 1_000_000,
            probability.context("the slide has a probability")?,
        ),
        peer: format!(
            "{}: {:.1} s, {:.1} CPU-s; probability {found:.4}",
            peer.version, peer.cost.wall_s, peer.cost.cpu_s
        ),
        result: Comparison::Ratio {
            ratio: peer.cost.wall_s / ours.cost.wall_s,
            promised: PROMISED,
        },
    })
}
