//! bf16 and int8 against f32, for published shapes at their real widths and full depth.

use std::error::Error;

use coverslip_encoder::{Compute, Encoder, EncoderError, InstructionSet, Published};
use flow::Precision;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors, serialize};

use crate::Tested;
use crate::formula::{cut, tiles};
use crate::numbers::floats;

/// How far embeddings may be from those in f32.
struct Bounds {
    least_cosine: f64,
    most_relative_error: f64,
}

const BF16: Bounds = Bounds {
    least_cosine: 0.9995,
    most_relative_error: 1e-2,
};
const INT8: Bounds = Bounds {
    least_cosine: 0.999,
    most_relative_error: 4e-2,
};

const N_TILES: usize = 2;

/// GELU, GELU with smaller patches cut to few blocks, and SwiGLU with LayerScale and registers.
const SHAPES: [(&str, usize); 3] = [("kaiko-s16", 12), ("kaiko-s8", 4), ("h-optimus-0", 2)];

#[test]
fn embeddings_in_bf16_are_near_those_in_f32() -> Tested {
    every_shape_is_near(Precision::Bf16, &BF16)
}

#[test]
fn embeddings_in_int8_are_near_those_in_f32() -> Tested {
    every_shape_is_near(Precision::Int8, &INT8)
}

fn every_shape_is_near(precision: Precision, bounds: &Bounds) -> Tested {
    for (name, depth) in SHAPES {
        let published = cut_to(name, depth)?;
        let weights = published.untrained_weights(3)?;
        let json = serde_json::to_vec(&published.with_weights(&weights))?;
        let side = published.input.tile_px;
        let bytes = tiles(N_TILES, side);
        let tiles = cut(&bytes, side);
        let embed = |precision| {
            let encoder = Encoder::load(&json, &weights, Compute::new(precision))?;
            assert_eq!(encoder.compute().precision(), precision);
            encoder.embed(&tiles)
        };
        let (found, expected) = (embed(precision)?, embed(Precision::F32)?);
        let n_values = expected.len() / N_TILES;
        let found = found.chunks_exact(n_values);
        for (found, expected) in found.zip(expected.chunks_exact(n_values)) {
            let cosine =
                dot(found, expected) / (dot(found, found) * dot(expected, expected)).sqrt();
            let away: Vec<f32> = found.iter().zip(expected).map(|(a, b)| a - b).collect();
            let relative = (dot(&away, &away) / dot(expected, expected)).sqrt();
            assert!(cosine >= bounds.least_cosine, "{name}: cosine {cosine}");
            let most = bounds.most_relative_error;
            assert!(relative <= most, "{name}: error {relative}");
            assert!(relative > 0.0, "{name}: nothing was rounded");
        }
    }
    Ok(())
}

/// One value of a norm a thousand times the others, and its weights as much smaller: in f32 the
/// same encoder, but no grid of 255 steps holds both.
#[test]
fn an_encoder_that_int8_harms_is_refused() -> Tested {
    const FACTOR: f32 = 1000.0;
    let published = cut_to("kaiko-s16", 2)?;
    let plain = published.untrained_weights(3)?;
    let mut tensors = Vec::new();
    for (name, tensor) in SafeTensors::deserialize(&plain)?.tensors() {
        let mut values = floats(tensor.data());
        let width = published.architecture.width;
        for block in 0..2 {
            if name == format!("blocks.{block}.norm1.weight") {
                values[7] *= FACTOR;
            } else if name == format!("blocks.{block}.attn.qkv.weight") {
                values
                    .iter_mut()
                    .skip(7)
                    .step_by(width)
                    .for_each(|value| *value /= FACTOR);
            }
        }
        let bytes: Vec<u8> = values.into_iter().flat_map(f32::to_le_bytes).collect();
        tensors.push((name, tensor.shape().to_vec(), bytes));
    }
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)));
    let views = views.collect::<Result<Vec<_>, SafeTensorError>>()?;
    let harmed = serialize(views, None)?;

    let embed = |weights: &[u8], precision| {
        let json = serde_json::to_vec(&published.with_weights(weights))?;
        let side = published.input.tile_px;
        let encoder = Encoder::load(&json, weights, Compute::new(precision))?;
        encoder.embed(&cut(&tiles(1, side), side))
    };
    let (before, after) = (
        embed(&plain, Precision::F32)?,
        embed(&harmed, Precision::F32)?,
    );
    let pairs = before.iter().zip(&after);
    let largest = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(largest < 1e-3, "f32 moved by {largest}");
    assert!(embed(&plain, Precision::Int8).is_ok());
    let refused = embed(&harmed, Precision::Int8).expect_err("int8 loses this encoder");
    assert!(
        matches!(refused, EncoderError::Int8Loss { .. }),
        "{refused}"
    );
    assert!(refused.to_string().contains("--precision f32"), "{refused}");
    Ok(())
}

#[test]
fn precisions_never_share_a_bag() -> Tested {
    let published = Published::all()?.remove(0);
    let config = published.with_weights(b"any");
    assert_eq!(config.hash_in(Precision::F32)?, config.hash()?);
    assert_ne!(config.hash_in(Precision::Bf16)?, config.hash()?);
    assert_ne!(config.hash_in(Precision::Int8)?, config.hash()?);
    assert_ne!(
        config.hash_in(Precision::Int8)?,
        config.hash_in(Precision::Bf16)?
    );
    Ok(())
}

#[test]
fn instructions_that_are_not_there_are_refused() -> Tested {
    let compute = Compute::default();
    assert_eq!(compute.precision(), Precision::F32);
    let portable = compute.with_instructions(InstructionSet::Portable)?;
    assert_eq!(portable.instruction_set(), InstructionSet::Portable);
    for set in InstructionSet::ALL {
        match compute.with_instructions(set) {
            Ok(found) => assert_eq!(found.instruction_set(), set),
            Err(error) => assert!(error.to_string().contains(&set.to_string()), "{error}"),
        }
    }
    Ok(())
}

fn cut_to(name: &str, depth: usize) -> Result<Published, Box<dyn Error>> {
    let mut all = Published::all()?.into_iter();
    let found = all.find(|published| published.name == name);
    let mut published = found.ok_or_else(|| format!("{name} is not published"))?;
    published.architecture.depth = depth;
    Ok(published)
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}
