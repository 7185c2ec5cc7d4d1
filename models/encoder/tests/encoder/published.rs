//! The same numbers as timm for the published encoders at their real widths, cut to two blocks,
//! with weights made by a formula.
//!
//! `reference/make_published.py` wrote the fixture.

use coverslip_encoder::{Compute, Encoder, EncoderConfig, Published};
use safetensors::SafeTensors;

use crate::Tested;
use crate::formula::{cut, tiles, weights};
use crate::numbers::{assert_close, every, floats};

const REFERENCE: &[u8] = include_bytes!("../fixtures/published.safetensors");
const N_TILES: usize = 7;
const STRIDE: usize = 4;

#[test]
fn published_encoders_give_the_numbers_of_timm() -> Tested {
    let reference = SafeTensors::deserialize(REFERENCE)?;
    let published = Published::all()?;
    for name in reference.names() {
        let found = published.iter().find(|published| published.name == name);
        let found = found.ok_or_else(|| format!("{name} is not published"))?;
        let expected = floats(reference.tensor(name)?.data());
        compare(found, &expected)?;
    }
    Ok(())
}

#[test]
fn what_is_published_says_what_it_may_be_used_for() -> Tested {
    for encoder in Published::all()? {
        let config = encoder.with_weights(b"weights");
        let json = serde_json::to_vec(&config)?;
        assert_eq!(EncoderConfig::parse(&json)?, config);
        assert!(!encoder.licence.is_empty() && !encoder.intended_use.is_empty());
    }
    Ok(())
}

/// Every tile in a batch of all and in one of its own, the other way round.
pub(crate) fn compare(published: &Published, expected: &[f32]) -> Tested {
    let mut published = published.clone();
    published.architecture.depth = 2;
    let weights = weights(published.architecture.parameters(), "")?;
    let config = serde_json::to_vec(&published.with_weights(&weights))?;
    let encoder = Encoder::load(&config, &weights, Compute::default())?;
    drop(weights);

    let side = published.input.tile_px;
    let bytes = tiles(N_TILES, side);
    let mut tiles = cut(&bytes, side);
    let per_tile = expected.len() / N_TILES;
    let last = encoder.embed(&tiles[N_TILES - 1..])?;
    let expected_last = &expected[(N_TILES - 1) * per_tile..];
    assert_close(&published.name, &every(STRIDE, &last), expected_last);

    tiles.reverse();
    let found = every(STRIDE, &encoder.embed(&tiles)?);
    let backwards = expected.chunks_exact(per_tile).rev();
    let backwards: Vec<f32> = backwards.flatten().copied().collect();
    assert_close(&published.name, &found, &backwards);
    Ok(())
}
