//! Tiles through a vision transformer, against OpenVINO and torch.compile with the same weights and
//! the same tiles: a batch of each in turn, on the same cores.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use encoder::{Compute, Encoder, RgbTile};
use flow::Precision;
use serde_json::Value;

use super::embedding_models::{Duel, MODELS, Model};
use super::inputs::{self, Inputs};
use super::peers;
use super::python_peer::RoundCost;
use super::table::{Comparison, Figure, Table};

const ROUNDS: usize = 7;
const N_TILES: usize = 16;
const SEED: u64 = 11;
const PEAK: Duration = Duration::from_millis(200);
/// What int8 must gain on f32 to be worth its rounding.
const INT8_GAIN: f64 = 1.3;

pub(crate) fn tiles(inputs: &Inputs, table: &mut Table) -> Result<()> {
    let n_cores = std::thread::available_parallelism().map_or(1, usize::from);
    for n_cores in [1, 2].into_iter().filter(|n| *n <= n_cores) {
        peers::pin_to(n_cores)?;
        for model in MODELS {
            let material = Material::of(&model, inputs)?;
            for duel in model.duels() {
                table.add(material.fight(&model, duel, n_cores)?)?;
            }
            if model.is_whole() {
                table.add(material.int8_against_f32(&model, n_cores)?)?;
            }
        }
    }
    Ok(())
}

/// What all contestants are given.
struct Material {
    json: Vec<u8>,
    weights: Vec<u8>,
    pixels: Vec<u8>,
    side: u32,
    flops: f64,
    /// The embeddings in f32.
    exact: Vec<f32>,
    weights_file: PathBuf,
    tiles_file: PathBuf,
    /// How timm makes the model.
    in_timm: Value,
}

impl Material {
    fn of(model: &Model, inputs: &Inputs) -> Result<Self> {
        let shape = model.shape()?;
        let weights = shape.untrained_weights(SEED)?;
        let side = shape.input.tile_px;
        let n_values = N_TILES * 3 * (side as usize).pow(2);
        let pixels: Vec<u8> = inputs::noise(SEED).take(n_values).collect();
        let weights_file = inputs.file(&format!("{}.safetensors", shape.name), &weights)?;
        let tiles_file = inputs.file("tiles-224.rgb", &pixels)?;
        let mut material = Self {
            json: serde_json::to_vec(&shape.with_weights(&weights))?,
            weights,
            pixels,
            side,
            flops: shape.architecture.flops() as f64 * N_TILES as f64,
            exact: Vec::new(),
            weights_file,
            tiles_file,
            in_timm: model.in_timm(&shape)?,
        };
        material.exact = Ours::load(&material, Compute::default())?.embeddings;
        Ok(material)
    }

    fn int8_against_f32(&self, model: &Model, n_cores: usize) -> Result<Figure> {
        let mut int8 = Ours::load(self, Compute::new(Precision::Int8))?;
        let mut exact = Ours::load(self, Compute::default())?;
        for _ in 0..ROUNDS {
            int8.round(self)?;
            exact.round(self)?;
        }
        Ok(Figure {
            work: work(model, n_cores, "int8 against our own f32"),
            ours: int8.in_words(self),
            peer: exact.in_words(self),
            result: Comparison::Ratio {
                ratio: exact.cost.cpu_s / int8.cost.cpu_s,
                promised: INT8_GAIN,
            },
        })
    }

    fn fight(&self, model: &Model, duel: Duel, n_cores: usize) -> Result<Figure> {
        let work = work(model, n_cores, duel.what);
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
            peers.push(engine.start(&self.in_timm, files, n_cores)?);
        }
        for _ in 0..ROUNDS {
            for ours in &mut ours {
                ours.round(self)?;
            }
            for peer in &mut peers {
                peer.round()?;
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
            ours: format!(
                "{}; {:.0e} from the peer's embeddings",
                ours.in_words(self),
                relative_error(&ours.embeddings, &peer.values)
            ),
            peer: format!(
                "{}: {}; cosine {:.5}",
                peer.version,
                in_words(peer.cost),
                least_cosine(&peer.values, &self.exact)
            ),
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

fn work(model: &Model, n_cores: usize, what: &str) -> String {
    let plural = if n_cores == 1 { "" } else { "s" };
    format!(
        "embed {}, batch {N_TILES}, {n_cores} core{plural}, {what}",
        model.title
    )
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
    cost: RoundCost,
}

impl Ours {
    fn load(material: &Material, compute: Compute) -> Result<Self> {
        let encoder = Encoder::load(&material.json, &material.weights, compute)?;
        Ok(Self {
            embeddings: encoder.embed(&material.tiles())?,
            encoder,
            cost: RoundCost::default(),
        })
    }

    fn round(&mut self, material: &Material) -> Result<()> {
        let tiles = material.tiles();
        let cost = RoundCost::of(|| Ok(self.encoder.embed(&tiles)?))?;
        self.cost = self.cost.least(cost);
        Ok(())
    }

    /// Speed, what share of the core's peak that is, and how near to f32 the worst embedding is.
    fn in_words(&self, material: &Material) -> String {
        let compute = self.encoder.compute();
        let reached = material.flops / self.cost.cpu_s;
        let peak = compute.peak_flops(PEAK);
        format!(
            "{} {}: {}; {:.0} of {:.0} Gop/s a core ({:.0} %); cosine {:.5}",
            compute.precision(),
            compute.instruction_set(),
            in_words(self.cost),
            reached / 1e9,
            peak / 1e9,
            100.0 * reached / peak,
            least_cosine(&floats(&self.embeddings), &material.exact)
        )
    }
}

fn in_words(cost: RoundCost) -> String {
    format!(
        "{:.1} images per CPU-s, {:.1} a second",
        N_TILES as f64 / cost.cpu_s,
        N_TILES as f64 / cost.wall_s
    )
}

fn relative_error(found: &[f32], expected: &[f64]) -> f64 {
    let pairs = found.iter().zip(expected);
    let away: f64 = pairs.map(|(a, b)| (f64::from(*a) - b).powi(2)).sum();
    let norm: f64 = expected.iter().map(|b| b * b).sum();
    (away / norm).sqrt()
}

/// The lowest of all tiles.
fn least_cosine(found: &[f64], exact: &[f32]) -> f64 {
    let width = exact.len() / N_TILES;
    let exact = floats(exact);
    let pairs = found.chunks_exact(width).zip(exact.chunks_exact(width));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let cosine = |(a, b)| dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    pairs.map(cosine).fold(1.0, f64::min)
}

fn floats(values: &[f32]) -> Vec<f64> {
    values.iter().copied().map(f64::from).collect()
}
