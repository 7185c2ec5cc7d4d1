//! Weights and tiles that need no file: a formula of their names, known to the scripts of
//! `reference/` as well.

use std::collections::HashMap;
use std::error::Error;

use coverslip_encoder::RgbTile;
use safetensors::serialize;
use safetensors::tensor::{Dtype, TensorView};

/// Tiles of noise, one after another.
pub(crate) fn tiles(n_tiles: usize, side: u32) -> Vec<u8> {
    random_bits(&format!("tiles of {side}"))
        .take(n_tiles * 3 * (side as usize).pow(2))
        .map(|bits| (bits >> 56) as u8)
        .collect()
}

pub(crate) fn cut(bytes: &[u8], side: u32) -> Vec<RgbTile<'_>> {
    bytes
        .chunks_exact(3 * (side as usize).pow(2))
        .map(|pixels| RgbTile { pixels, side })
        .collect()
}

/// A safetensors file of parameters; in the formula `prefix` stands before their names.
pub(crate) fn weights(
    shapes: Vec<(String, Vec<usize>)>,
    prefix: &str,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut tensors = HashMap::new();
    for (name, shape) in shapes {
        let n_values = shape.iter().product();
        let scaling = Scaling::of(&name, &shape);
        let bytes: Vec<u8> = random_bits(&format!("{prefix}{name}"))
            .take(n_values)
            .flat_map(|bits| scaling.value(bits).to_le_bytes())
            .collect();
        tensors.insert(name, (shape, bytes));
    }
    let views = tensors
        .iter()
        .map(|(name, (shape, bytes))| {
            Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?))
        })
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
    Ok(serialize(views, None)?)
}

/// How a number from -1 to 1 becomes a parameter: as large as suits it.
struct Scaling {
    factor: f32,
    offset: f32,
}

impl Scaling {
    fn of(name: &str, shape: &[usize]) -> Self {
        let (factor, offset) = if name.ends_with("gamma") {
            (0.25, 0.5)
        } else if name.contains("norm") && name.ends_with("weight") {
            (0.25, 1.0)
        } else if name.ends_with("bias") {
            (0.125, 0.0)
        } else if name.ends_with("weight") {
            let inputs: usize = shape[1..].iter().product();
            ((1.5 / (inputs as f64).sqrt()) as f32, 0.0)
        } else {
            (1.0, 0.0)
        };
        Self { factor, offset }
    }

    fn value(&self, bits: u64) -> f32 {
        let unit = (bits >> 40) as f32 / 8_388_608.0 - 1.0;
        unit * self.factor + self.offset
    }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) from the FNV-1a hash of the name.
fn random_bits(name: &str) -> impl Iterator<Item = u64> {
    let mut state = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    std::iter::repeat_with(move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}
