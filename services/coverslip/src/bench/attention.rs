//! Gated attention MIL over a very large bag, against PyTorch with the same weights and embeddings.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use encoder::Compute;
use flow::{EncoderRef, HeadPrecision, Precision, RegulatoryStatus, Sha256Digest};
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
const PEAK: Duration = Duration::from_millis(200);
/// Of projection, content and gate, score and answer, a product and its sum being two.
const OPERATIONS: usize =
    2 * N_INSTANCES * (DIMENSION as usize * HIDDEN + 2 * HIDDEN * ATTENTION + ATTENTION + HIDDEN);

/// Ours against the best of the peers.
const DUELS: [Duel; 2] = [
    Duel {
        what: "f32",
        ours: &[HeadPrecision::F32],
        peers: &["f32", "compile-f32"],
        promised: 1.0,
    },
    Duel {
        what: "best precision",
        ours: &[HeadPrecision::F32, HeadPrecision::Bf16],
        peers: &["f32", "bf16", "compile-f32", "compile-bf16"],
        promised: 1.5,
    },
];

pub(crate) fn large_bag(inputs: &Inputs, table: &mut Table) -> Result<()> {
    let n_cores = std::thread::available_parallelism().map_or(1, usize::from);
    let material = Material::new(inputs)?;
    // Our threads are as many as there were cores when the first work came.
    for n_cores in [2, 1].into_iter().filter(|n| *n <= n_cores) {
        peers::pin_to(n_cores)?;
        for duel in &DUELS {
            table.add(material.fight(duel, n_cores)?)?;
        }
    }
    Ok(())
}

struct Duel {
    what: &'static str,
    ours: &'static [HeadPrecision],
    /// Engines of PyTorch.
    peers: &'static [&'static str],
    promised: f64,
}

/// What all contestants are given.
struct Material {
    embeddings: Vec<f32>,
    task: Task,
    /// Weights and embeddings.
    files: [PathBuf; 2],
}

impl Material {
    fn new(inputs: &Inputs) -> Result<Self> {
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
        Ok(Self {
            embeddings,
            task: task_of(config, &weights)?,
            files: [
                inputs.file("abmil.safetensors", &weights)?,
                inputs.file("large-bag.f32", &bytes)?,
            ],
        })
    }

    fn fight(&self, duel: &Duel, n_cores: usize) -> Result<Figure> {
        let ours = duel.ours.iter();
        let mut ours: Vec<Ours> = ours.map(|precision| Ours::of(self, *precision)).collect();
        let peers = duel.peers.iter();
        let peers = peers.map(|engine| start(engine, &self.files, n_cores));
        let mut peers: Vec<PythonPeer> = peers.collect::<Result<_>>()?;
        for _ in 0..ROUNDS {
            for ours in &mut ours {
                ours.round(self)?;
            }
            for peer in &mut peers {
                peer.round()?;
            }
        }
        let ours = ours.iter();
        let ours = ours.min_by(|a, b| a.cost.cpu_s.total_cmp(&b.cost.cpu_s));
        let peer = peers.iter();
        let peer = peer.min_by(|a, b| a.cost.cpu_s.total_cmp(&b.cost.cpu_s));
        let (ours, peer) = (ours.context("a contestant")?, peer.context("a peer")?);
        let plural = if n_cores == 1 { "" } else { "s" };
        let what = duel.what;
        Ok(Figure {
            work: format!(
                "gated ABMIL over {N_INSTANCES} tiles of {DIMENSION} features, {n_cores} core{plural}, {what}"
            ),
            ours: ours.in_words(),
            peer: format!(
                "{}, {}; probability {:.6}",
                peer.version,
                in_words(peer.cost),
                peer.values.first().copied().unwrap_or_default()
            ),
            result: Comparison::Ratio {
                ratio: peer.cost.cpu_s / ours.cost.cpu_s,
                promised: duel.promised,
            },
        })
    }
}

struct Ours {
    task: Task,
    probability: f64,
    cost: RoundCost,
}

impl Ours {
    fn of(material: &Material, precision: HeadPrecision) -> Self {
        Self {
            task: material.task.in_precision(precision),
            probability: 0.0,
            cost: RoundCost::default(),
        }
    }

    fn round(&mut self, material: &Material) -> Result<()> {
        let cost = RoundCost::of(|| {
            let scores = self.task.score(&material.embeddings, DIMENSION)?;
            self.probability = scores.probability;
            Ok(())
        })?;
        self.cost = self.cost.least(cost);
        Ok(())
    }

    /// Cost, and what share of the core's peak that is.
    fn in_words(&self) -> String {
        let precision = self.task.precision();
        let peak = Compute::new(match precision {
            HeadPrecision::F32 => Precision::F32,
            HeadPrecision::Bf16 => Precision::Bf16,
        })
        .peak_flops(PEAK);
        let reached = OPERATIONS as f64 / self.cost.cpu_s;
        format!(
            "{precision}, {}; {:.0} of {:.0} GFLOP/s a core ({:.0} %); probability {:.6}",
            in_words(self.cost),
            reached / 1e9,
            peak / 1e9,
            100.0 * reached / peak,
            self.probability
        )
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
