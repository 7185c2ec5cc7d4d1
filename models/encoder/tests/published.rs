//! The same numbers as timm for the published encoders at their real widths, cut to two blocks,
//! with weights made by a formula.
//!
//! `reference/make_published.py` wrote the fixture and knows the formula too.

use std::collections::HashMap;
use std::error::Error;

use coverslip_encoder::{Encoder, Published, RgbTile};
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

const REFERENCE: &[u8] = include_bytes!("fixtures/published.safetensors");
const N_TILES: usize = 7;
const STRIDE: usize = 4;
const TOLERANCE: f32 = 1e-4;

#[test]
fn published_encoders_give_the_numbers_of_timm() -> Result<(), Box<dyn Error>> {
    let reference = SafeTensors::deserialize(REFERENCE)?;
    let published = Published::all()?;
    for name in reference.names() {
        let found = published.iter().find(|published| published.name == name);
        let found = found.ok_or_else(|| format!("{name} is not published"))?;
        let expected = floats(reference.tensor(name)?.data());
        compare(found.clone(), &expected)?;
    }
    Ok(())
}

#[test]
fn what_is_published_says_what_it_may_be_used_for() -> Result<(), Box<dyn Error>> {
    for encoder in Published::all()? {
        let config = encoder.with_weights(b"weights");
        let json = serde_json::to_vec(&config)?;
        assert_eq!(coverslip_encoder::EncoderConfig::parse(&json)?, config);
        assert!(!encoder.licence.is_empty() && !encoder.intended_use.is_empty());
    }
    Ok(())
}

fn compare(mut published: Published, expected: &[f32]) -> Result<(), Box<dyn Error>> {
    published.architecture.depth = 2;
    let weights = weights(&published)?;
    let config = serde_json::to_vec(&published.with_weights(&weights))?;
    let encoder = Encoder::load(&config, &weights)?;
    drop(weights);

    let side = published.input.tile_px;
    let tile_bytes = 3 * (side as usize).pow(2);
    let bytes: Vec<u8> = random_bits(&format!("tiles of {side}"))
        .take(N_TILES * tile_bytes)
        .map(|bits| (bits >> 56) as u8)
        .collect();
    let tiles: Vec<RgbTile<'_>> = bytes
        .chunks_exact(tile_bytes)
        .map(|pixels| RgbTile { pixels, side })
        .collect();
    let together = encoder.embed(&tiles)?;
    assert_close(&published.name, &together, expected);
    let last = encoder.embed(&tiles[N_TILES - 1..])?;
    let per_tile = expected.len() / N_TILES;
    assert_close(
        &published.name,
        &last,
        &expected[(N_TILES - 1) * per_tile..],
    );
    Ok(())
}

/// A safetensors file of everything the architecture declares.
fn weights(published: &Published) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut tensors = HashMap::new();
    for (name, shape) in published.architecture.parameters() {
        let n_values = shape.iter().product();
        let scaling = Scaling::of(&name, &shape);
        let bytes: Vec<u8> = random_bits(&name)
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

fn floats(bytes: &[u8]) -> Vec<f32> {
    let (words, _) = bytes.as_chunks::<4>();
    words.iter().map(|word| f32::from_le_bytes(*word)).collect()
}

fn assert_close(what: &str, found: &[f32], expected: &[f32]) {
    let found: Vec<f32> = found.iter().copied().step_by(STRIDE).collect();
    assert_eq!(found.len(), expected.len(), "{what}");
    let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    let largest = differences.fold(0.0, f32::max);
    assert!(largest <= TOLERANCE, "{what}: {largest}");
}
