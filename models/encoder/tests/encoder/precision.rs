//! bf16 against f32, for published shapes at their real widths and full depth.

use coverslip_encoder::{Compute, Encoder, InstructionSet, Published};
use flow::Precision;

use crate::Tested;
use crate::formula::{cut, tiles};

/// The bounds that results of one precision are taken for those of the other within.
const LEAST_COSINE: f64 = 0.9995;
const MOST_RELATIVE_ERROR: f64 = 1e-2;

const N_TILES: usize = 2;

/// GELU, GELU with smaller patches cut to few blocks, and SwiGLU with LayerScale and registers.
const SHAPES: [(&str, usize); 3] = [("kaiko-s16", 12), ("kaiko-s8", 4), ("h-optimus-0", 2)];

#[test]
fn embeddings_in_bf16_are_near_those_in_f32() -> Tested {
    for (name, depth) in SHAPES {
        let all = Published::all()?;
        let mut published = all
            .into_iter()
            .find(|published| published.name == name)
            .ok_or_else(|| format!("{name} is not published"))?;
        published.architecture.depth = depth;
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
        let (found, expected) = (embed(Precision::Bf16)?, embed(Precision::F32)?);
        let n_values = expected.len() / N_TILES;
        let found = found.chunks_exact(n_values);
        for (found, expected) in found.zip(expected.chunks_exact(n_values)) {
            let cosine =
                dot(found, expected) / (dot(found, found) * dot(expected, expected)).sqrt();
            let away: Vec<f32> = found.iter().zip(expected).map(|(a, b)| a - b).collect();
            let relative = (dot(&away, &away) / dot(expected, expected)).sqrt();
            assert!(cosine >= LEAST_COSINE, "{name}: cosine {cosine}");
            assert!(relative <= MOST_RELATIVE_ERROR, "{name}: error {relative}");
            assert!(relative > 0.0, "{name}: nothing was rounded");
        }
    }
    Ok(())
}

#[test]
fn precisions_never_share_a_bag() -> Tested {
    let published = Published::all()?.remove(0);
    let config = published.with_weights(b"any");
    assert_eq!(config.hash_in(Precision::F32)?, config.hash()?);
    assert_ne!(config.hash_in(Precision::Bf16)?, config.hash()?);
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

fn dot(a: &[f32], b: &[f32]) -> f64 {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}
