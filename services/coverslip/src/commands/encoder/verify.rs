//! `coverslip encoder verify`: is an encoder whole, and does this machine compute it rightly?

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;
use encoder::{Compute, Device, Encoder, InstructionSet, RgbTile};
use flow::Precision;

use crate::compute_choice::ComputeChoice;
use crate::installation::encoder_or_shipped;
use crate::print;

const N_TILES: usize = 2;

/// Of an embedding's length, how far it may lie from that in f32 by instructions which every
/// processor has.
const MOST_AWAY_F32: f64 = 1e-4;
const MOST_AWAY_BF16: f64 = 1e-2;
/// A cosine of 0.999.
const MOST_AWAY_INT8: f64 = 4.5e-2;

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A folder that `coverslip encoder import` wrote; the encoder that ships if not given.
    folder: Option<PathBuf>,
    #[command(flatten)]
    compute: ComputeChoice,
}

impl Verify {
    pub(super) fn run(self) -> Result<()> {
        let compute = self.compute.compute()?;
        let encoder = self.load(compute)?;
        let config = encoder.config();
        print::line(&format!(
            "{} {}",
            config.name,
            encoder.reference().hash.short()
        ))?;
        print::line(&format!("  licence  {}", config.licence))?;
        print::line(&format!("  use      {}", config.intended_use))?;
        print::line(&format!(
            "  weights  whole: every tensor is there, sha256 {}",
            config.weights_sha256
        ))?;
        let tiles = Tiles::painted(config.input.tile_px);
        let limit = match compute.precision() {
            Precision::F32 => MOST_AWAY_F32,
            Precision::Bf16 => MOST_AWAY_BF16,
            Precision::Int8 => MOST_AWAY_INT8,
        };
        // Libraries of GPUs take other ways for other sizes of a batch.
        let most_apart = match compute.device() {
            Device::Cpu => MOST_AWAY_F32,
            Device::Cuda(_) | Device::Rehearsal(_) => limit,
        };
        let found = embeddings(&encoder, &tiles.all(), most_apart)?;
        print::line("  values   finite, and a tile's do not depend on the tiles beside it")?;
        let plain = Compute::new(Precision::F32).with_instructions(InstructionSet::Portable)?;
        let expected = self.load(plain)?.embed(&tiles.all())?;
        let away = relative_distance(&found, &expected);
        ensure!(
            away <= limit,
            "{compute} gives embeddings {away:.1e} away from plain f32, {limit:.0e} is allowed: take \
             another --precision, and report the processor or the GPU"
        );
        print::line(&format!(
            "  machine  {compute}: {away:.1e} from plain f32, {limit:.0e} is allowed"
        ))
    }

    /// Checks names, shapes and sha256 of the weights.
    fn load(&self, compute: Compute) -> Result<Encoder> {
        encoder_or_shipped(self.folder.as_deref(), compute)
    }
}

/// Of all tiles at once, if each alone gives the same.
fn embeddings(encoder: &Encoder, tiles: &[RgbTile<'_>], most_apart: f64) -> Result<Vec<f32>> {
    let together = encoder.embed(tiles)?;
    let at = together.iter().position(|value| !value.is_finite());
    ensure!(
        at.is_none(),
        "an embedding holds a value that is no number: the weights are damaged or of another model"
    );
    let alone = tiles.iter().map(|tile| encoder.embed(&[*tile]));
    let alone = alone.collect::<Result<Vec<_>, _>>()?.concat();
    let away = relative_distance(&alone, &together);
    ensure!(
        away <= most_apart,
        "a tile's embedding depends on the tiles beside it: {away:.1e} away"
    );
    Ok(together)
}

fn relative_distance(found: &[f32], expected: &[f32]) -> f64 {
    let wide = |value: &f32| f64::from(*value);
    let pairs = found.iter().zip(expected);
    let away: f64 = pairs.map(|(a, b)| (wide(a) - wide(b)).powi(2)).sum();
    let whole: f64 = expected.iter().map(|value| wide(value).powi(2)).sum();
    (away / whole.max(f64::MIN_POSITIVE)).sqrt()
}

/// Tiles of the encoder's size in colours that change all over them.
struct Tiles {
    side: u32,
    pixels: Vec<Vec<u8>>,
}

impl Tiles {
    fn painted(side: u32) -> Self {
        let n_bytes = 3 * side as usize * side as usize;
        // A multiplicative hash: the same on every machine, and no two tiles alike.
        let byte = |tile: usize, at: usize| {
            let mixed = (tile * n_bytes + at) as u64;
            (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8
        };
        let tile = |tile| (0..n_bytes).map(|at| byte(tile, at)).collect();
        Self {
            side,
            pixels: (0..N_TILES).map(tile).collect(),
        }
    }

    fn all(&self) -> Vec<RgbTile<'_>> {
        let tile = |pixels| RgbTile {
            pixels,
            side: self.side,
        };
        self.pixels.iter().map(|pixels| tile(pixels)).collect()
    }
}
