//! Tiles through a vision transformer, against OpenVINO and torch.compile with the same weights and
//! the same tiles: a batch of each in turn, on the same cores.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use encoder::{Compute, Encoder, InstructionSet, Published, RgbTile};
use flow::Precision;

use super::cost::process_cpu_s;
use super::embedding_peer::{Engine, Peer};
use super::inputs::Inputs;
use super::table::{Comparison, Figure};

const ROUNDS: usize = 7;
const N_TILES: usize = 16;
const SEED: u64 = 11;
const PEAK: Duration = Duration::from_millis(200);

/// A published shape, with weights drawn at random.
struct Model {
    title: &'static str,
    published: &'static str,
    /// Its name in timm.
    timm: &'static str,
    /// How many times the best bf16 peer we promise.
    promised: f64,
}

const MODELS: [Model; 2] = [
    Model {
        title: "ViT-S/16",
        published: "kaiko-s16",
        timm: "vit_small_patch16_224",
        promised: 1.5,
    },
    Model {
        title: "ViT-B/16",
        published: "kaiko-b16",
        timm: "vit_base_patch16_224",
        promised: 1.3,
    },
];

/// Ours against peers, the best of each.
struct Duel {
    what: &'static str,
    ours: Vec<(Precision, Option<InstructionSet>)>,
    peers: Vec<Engine>,
    promised: f64,
}

impl Duel {
    fn all(model: &Model) -> [Self; 4] {
        let f32_on = |what, set, peer| Self {
            what,
            ours: vec![(Precision::F32, Some(set))],
            peers: vec![peer],
            promised: 1.0,
        };
        let openvino = |isa| Engine::OpenVinoF32 { isa };
        [
            f32_on(
                "f32, AVX-512",
                InstructionSet::Avx512,
                openvino("AVX512_CORE"),
            ),
            f32_on("f32, AVX2", InstructionSet::Avx2, openvino("AVX2")),
            f32_on("f32, AVX2", InstructionSet::Avx2, Engine::TorchF32Avx2),
            Self {
                what: "best precision",
                ours: vec![(Precision::F32, None), (Precision::Bf16, None)],
                peers: vec![Engine::OpenVinoBf16, Engine::TorchCompileBf16],
                promised: model.promised,
            },
        ]
    }
}

pub(crate) fn tiles(inputs: &Inputs) -> Result<Vec<Figure>> {
    let n_cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut figures = Vec::new();
    for n_cores in [1, 2].into_iter().filter(|n| *n <= n_cores) {
        pin_to(n_cores)?;
        for model in MODELS {
            let material = Material::of(&model, inputs)?;
            for duel in Duel::all(&model) {
                figures.push(material.fight(&model, duel, n_cores)?);
            }
        }
    }
    Ok(figures)
}

/// This process and whatever it starts may run on the first cores only.
fn pin_to(n_cores: usize) -> Result<()> {
    let status = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid"])
        .arg(format!("0-{}", n_cores - 1))
        .arg(std::process::id().to_string())
        .stdout(std::process::Stdio::null())
        .status();
    ensure!(
        status.context("cannot start taskset")?.success(),
        "taskset failed"
    );
    Ok(())
}

/// What all contestants are given.
struct Material {
    json: Vec<u8>,
    weights: Vec<u8>,
    pixels: Vec<u8>,
    side: u32,
    flops: f64,
    weights_file: PathBuf,
    tiles_file: PathBuf,
}

/// The least a batch cost in several rounds.
#[derive(Clone, Copy)]
pub(super) struct BatchCost {
    pub(super) wall_s: f64,
    pub(super) cpu_s: f64,
}

impl BatchCost {
    pub(super) const MOST: Self = Self {
        wall_s: f64::INFINITY,
        cpu_s: f64::INFINITY,
    };

    fn least(self, other: Self) -> Self {
        Self {
            wall_s: self.wall_s.min(other.wall_s),
            cpu_s: self.cpu_s.min(other.cpu_s),
        }
    }

    fn in_words(self) -> String {
        format!(
            "{:.1} images per CPU-s, {:.1} a second",
            N_TILES as f64 / self.cpu_s,
            N_TILES as f64 / self.wall_s
        )
    }
}

impl Material {
    fn of(model: &Model, inputs: &Inputs) -> Result<Self> {
        let published = Published::all()?;
        let published = published.iter().find(|p| p.name == model.published);
        let published = published.context("the encoder is published")?;
        let weights = published.untrained_weights(SEED)?;
        let side = published.input.tile_px;
        // Tiles with no pattern, the same in every run.
        let mut state = SEED;
        let noise = std::iter::repeat_with(move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        });
        let pixels: Vec<u8> = noise.take(N_TILES * 3 * (side as usize).pow(2)).collect();
        let weights_file = inputs.file(&format!("{}.safetensors", model.published), &weights)?;
        let tiles_file = inputs.file("tiles-224.rgb", &pixels)?;
        Ok(Self {
            json: serde_json::to_vec(&published.with_weights(&weights))?,
            weights,
            pixels,
            side,
            flops: published.architecture.flops() as f64 * N_TILES as f64,
            weights_file,
            tiles_file,
        })
    }

    fn fight(&self, model: &Model, duel: Duel, n_cores: usize) -> Result<Figure> {
        let work = format!(
            "embed {}, batch {N_TILES}, {n_cores} core{}, {}",
            model.title,
            if n_cores == 1 { "" } else { "s" },
            duel.what
        );
        let mut ours = Vec::new();
        for (precision, set) in duel.ours {
            let compute = Compute::new(precision);
            let compute = match set.map(|set| compute.with_instructions(set)) {
                None => compute,
                Some(Ok(compute)) => compute,
                Some(Err(missing)) => return Ok(skipped(work, missing.to_string())),
            };
            ours.push(Ours::load(self, compute)?);
        }
        let mut peers = Vec::new();
        for engine in duel.peers {
            let files = [self.weights_file.as_path(), self.tiles_file.as_path()];
            peers.push(Peer::start(engine, model.timm, files, n_cores)?);
        }
        for _ in 0..ROUNDS {
            for ours in &mut ours {
                ours.cost = ours.cost.least(ours.batch(self)?);
            }
            for peer in &mut peers {
                peer.cost = peer.cost.least(peer.batch()?);
            }
        }
        let ours = ours
            .into_iter()
            .min_by(|a, b| a.cost.cpu_s.total_cmp(&b.cost.cpu_s));
        let peer = peers
            .into_iter()
            .min_by(|a, b| a.cost.cpu_s.total_cmp(&b.cost.cpu_s));
        let (ours, peer) = (ours.context("a contestant")?, peer.context("a peer")?);
        Ok(Figure {
            work,
            ours: ours.in_words(self, &peer),
            peer: format!("{}: {}", peer.version, peer.cost.in_words()),
            result: Comparison::Ratio {
                ratio: peer.cost.cpu_s / ours.cost.cpu_s,
                promised: duel.promised,
            },
        })
    }

    fn tiles(&self) -> Vec<RgbTile<'_>> {
        let side = self.side;
        let tiles = self.pixels.chunks_exact(3 * (side as usize).pow(2));
        tiles.map(|pixels| RgbTile { pixels, side }).collect()
    }
}

fn skipped(work: String, reason: String) -> Figure {
    Figure {
        work,
        ours: String::new(),
        peer: String::new(),
        result: Comparison::Skipped { reason },
    }
}

struct Ours {
    encoder: Encoder,
    embeddings: Vec<f32>,
    cost: BatchCost,
}

impl Ours {
    fn load(material: &Material, compute: Compute) -> Result<Self> {
        let encoder = Encoder::load(&material.json, &material.weights, compute)?;
        Ok(Self {
            embeddings: encoder.embed(&material.tiles())?,
            encoder,
            cost: BatchCost::MOST,
        })
    }

    fn batch(&self, material: &Material) -> Result<BatchCost> {
        let tiles = material.tiles();
        let (wall, cpu) = (Instant::now(), process_cpu_s());
        self.encoder.embed(&tiles)?;
        Ok(BatchCost {
            wall_s: wall.elapsed().as_secs_f64(),
            cpu_s: process_cpu_s() - cpu,
        })
    }

    /// Speed, what share of the core's peak that is, and how far we are from the peer's embeddings.
    fn in_words(&self, material: &Material, peer: &Peer) -> String {
        let compute = self.encoder.compute();
        let reached = material.flops / self.cost.cpu_s;
        let peak = compute.peak_flops(PEAK);
        format!(
            "{} {}: {}; {:.0} of {:.0} GFLOP/s a core ({:.0} %); {:.0e} from the peer's embeddings",
            compute.precision(),
            compute.instruction_set(),
            self.cost.in_words(),
            reached / 1e9,
            peak / 1e9,
            100.0 * reached / peak,
            relative_error(&self.embeddings, &peer.embeddings)
        )
    }
}

fn relative_error(found: &[f32], expected: &[f64]) -> f64 {
    let pairs = found.iter().zip(expected);
    let away: f64 = pairs.map(|(a, b)| (f64::from(*a) - b).powi(2)).sum();
    let norm: f64 = expected.iter().map(|b| b * b).sum();
    (away / norm).sqrt()
}
