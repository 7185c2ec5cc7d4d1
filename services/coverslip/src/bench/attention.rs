//! Gated attention MIL over a very large bag, against PyTorch with the same weights and embeddings.

use std::path::PathBuf;

use anyhow::{Context, Result};
use flow::{EncoderRef, RegulatoryStatus, Sha256Digest};
use mil::{Answers, HeadConfig, Task, TaskFile};
use parameters::{Seed, StoredAs, Variables, seeded};

use super::inputs::{self, Inputs};
use super::peers;
use super::python_peer::{PythonPeer, RoundCost};
use super::table::{Comparison, Figure, Table};

const N_INSTANCES: usize = 100_000;
const DIMENSION: u32 = 1024;
const HIDDEN: usize = 512;
const ATTENTION: usize = 256;
const ROUNDS: usize = 5;
const SEED: u64 = 12;
const PROMISED: f64 = 1.5;
/// The best of these is the peer.
const ENGINES: [&str; 4] = ["f32", "bf16", "compile-f32", "compile-bf16"];

pub(crate) fn large_bag(inputs: &Inputs, table: &mut Table) -> Result<()> {
    let n_cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Our threads are as many as there were cores when the first work came.
    for n_cores in [2, 1].into_iter().filter(|n| *n <= n_cores) {
        peers::pin_to(n_cores)?;
        table.add(Contest::new(inputs, n_cores)?.fight(n_cores)?)?;
    }
    Ok(())
}

struct Contest {
    embeddings: Vec<f32>,
    task: Task,
    peers: Vec<PythonPeer>,
}

impl Contest {
    fn new(inputs: &Inputs, n_cores: usize) -> Result<Self> {
        let config = HeadConfig::GatedAbmil {
            dimension: DIMENSION,
            hidden: HIDDEN,
            attention: ATTENTION,
            n_classes: 1,
            highest_grade: None,
        };
        let variables = Variables::draw(&config.declarations(), &mut seeded(Seed(SEED), 0))?;
        let weights = variables.to_safetensors(StoredAs::F32)?;
        let embeddings = embeddings();
        let bytes: Vec<u8> = embeddings.iter().flat_map(|x| x.to_le_bytes()).collect();
        let files = [
            inputs.file("abmil.safetensors", &weights)?,
            inputs.file("large-bag.f32", &bytes)?,
        ];
        let task = task_of(config, &weights)?;
        let peers = ENGINES.iter().map(|engine| start(engine, &files, n_cores));
        Ok(Self {
            embeddings,
            task,
            peers: peers.collect::<Result<_>>()?,
        })
    }

    fn fight(mut self, n_cores: usize) -> Result<Figure> {
        let mut ours = RoundCost::default();
        let mut probability = 0.0;
        for _ in 0..ROUNDS {
            let cost = RoundCost::of(|| {
                probability = self.task.score(&self.embeddings, DIMENSION)?.probability;
                Ok(())
            })?;
            ours = ours.least(cost);
            for peer in &mut self.peers {
                peer.round()?;
            }
        }
        let peers = self.peers.iter();
        let peer = peers.min_by(|a, b| a.cost.cpu_s.total_cmp(&b.cost.cpu_s));
        let peer = peer.context("there are peers")?;
        let theirs = peer.values.first().copied().unwrap_or_default();
        Ok(Figure {
            work: format!(
                "gated ABMIL over {N_INSTANCES} tiles of {DIMENSION} features, {n_cores} core{}",
                if n_cores == 1 { "" } else { "s" }
            ),
            ours: format!("f32, {}; probability {probability:.6}", in_words(ours)),
            peer: format!(
                "{}, {}; probability {theirs:.6}",
                peer.version,
                in_words(peer.cost)
            ),
            result: Comparison::Ratio {
                ratio: peer.cost.cpu_s / ours.cpu_s,
                promised: PROMISED,
            },
        })
    }
}

fn start(engine: &str, [weights, bag]: &[PathBuf; 2], n_cores: usize) -> Result<PythonPeer> {
    let mut command = peers::python("tests/bench/abmil_peer.py");
    command.arg(engine).arg(weights).arg(bag);
    command.arg(DIMENSION.to_string()).arg(n_cores.to_string());
    PythonPeer::start(command, engine, n_cores)
}

/// From -1 to 1.
fn embeddings() -> Vec<f32> {
    let n_values = N_INSTANCES * DIMENSION as usize;
    let noise = inputs::noise(SEED).take(n_values);
    noise.map(|byte| f32::from(byte) / 127.5 - 1.0).collect()
}

fn task_of(config: HeadConfig, weights: &[u8]) -> Result<Task> {
    let file = TaskFile {
        id: "large-bag".parse()?,
        version: "1.0.0".parse()?,
        encoder: EncoderRef {
            name: "none".to_owned(),
            hash: Sha256Digest::of(b"no encoder"),
        },
        head: config,
        answers: Answers::Detection {
            negative: "benign".to_owned(),
            positive: "tumour".to_owned(),
            grade_scale: None,
        },
        covariates: None,
        threshold: Some(0.5),
        temperature: 1.0,
        conformal: None,
        distribution: None,
        admission: None,
        regulatory_status: RegulatoryStatus::ResearchUseOnly,
        intended_use: "benchmark".to_owned(),
        heads: vec![Sha256Digest::of(weights)],
        training: None,
    };
    Ok(Task::load(&serde_json::to_vec(&file)?, &[weights])?)
}

fn in_words(cost: RoundCost) -> String {
    format!("{:.2} CPU-s, {:.2} s", cost.cpu_s, cost.wall_s)
}
