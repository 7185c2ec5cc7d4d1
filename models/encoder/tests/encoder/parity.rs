//! The same numbers as timm, for tiny random models that together use every switch.
//!
//! `reference/make_reference.py` wrote the fixtures.

use coverslip_encoder::{Compute, Encoder, EncoderError, RgbTile};
use safetensors::SafeTensors;

use crate::Tested;
use crate::numbers::{assert_close, floats};

const REFERENCE: &[u8] = include_bytes!("../fixtures/reference.safetensors");
const SIDE: u32 = 32;
const TILE_BYTES: usize = 3 * 32 * 32;

macro_rules! variant {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../fixtures/", $name, ".json")).as_slice(),
            include_bytes!(concat!("../fixtures/", $name, ".safetensors")).as_slice(),
        )
    };
}

const VARIANTS: [(&str, &[u8], &[u8]); 3] = [
    variant!("plain"),
    variant!("registers"),
    variant!("pre-norm"),
];

#[test]
fn embeddings_are_those_of_timm_in_batches_of_7_and_1() -> Tested {
    let reference = SafeTensors::deserialize(REFERENCE)?;
    let tiles = tiles(reference.tensor("tiles")?.data());
    assert_eq!(tiles.len(), 7);
    for (name, json, weights) in VARIANTS {
        let encoder = Encoder::load(json, weights, Compute::default())?;
        let expected = floats(reference.tensor(&format!("expected.{name}"))?.data());
        let together = encoder.embed(&tiles)?;
        assert_close(name, &together, &expected);

        let dimension = encoder.dimension() as usize;
        for (tile, expected) in tiles.iter().zip(expected.chunks_exact(dimension)) {
            assert_close(name, &encoder.embed(&[*tile])?, expected);
        }
    }
    Ok(())
}

#[test]
fn a_tile_does_not_depend_on_its_neighbours() -> Tested {
    let reference = SafeTensors::deserialize(REFERENCE)?;
    let mut tiles = tiles(reference.tensor("tiles")?.data());
    let (_, json, weights) = VARIANTS[1];
    let encoder = Encoder::load(json, weights, Compute::default())?;
    let forwards = encoder.embed(&tiles)?;
    tiles.reverse();
    let backwards = encoder.embed(&tiles)?;
    let dimension = encoder.dimension() as usize;
    for (a, b) in forwards
        .chunks_exact(dimension)
        .zip(backwards.chunks_exact(dimension).rev())
    {
        assert_close("reversed", a, b);
    }
    assert!(encoder.embed(&[])?.is_empty());
    Ok(())
}

#[test]
fn weights_of_another_encoder_are_refused() {
    let [(_, plain, _), (_, _, registers), _] = VARIANTS;
    let error = Encoder::load(plain, registers, Compute::default()).expect_err("another sha256");
    assert!(matches!(&error, EncoderError::WeightsDigest { name, .. } if name == "plain"));
    assert!(error.to_string().contains("weights_sha256"), "{error}");
}

#[test]
fn an_architecture_that_does_not_fit_its_weights_is_refused() {
    let (_, json, weights) = VARIANTS[0];
    let deeper = String::from_utf8_lossy(json).replace("\"depth\": 2", "\"depth\": 3");
    let error = Encoder::load(deeper.as_bytes(), weights, Compute::default())
        .expect_err("a block is missing");
    let text = error.to_string();
    assert!(text.contains("missing [blocks.2.attn.proj.bias"), "{text}");
}

#[test]
fn tiles_of_another_size_are_named() -> Tested {
    let (_, json, weights) = VARIANTS[0];
    let encoder = Encoder::load(json, weights, Compute::default())?;
    let pixels = vec![0; TILE_BYTES];
    let fits = RgbTile {
        pixels: &pixels,
        side: SIDE,
    };
    let cut = RgbTile {
        pixels: &pixels[3..],
        side: SIDE,
    };
    let smaller = RgbTile {
        pixels: &pixels,
        side: 16,
    };
    for wrong in [cut, smaller] {
        let error = encoder
            .embed(&[fits, wrong])
            .expect_err("a tile of another size");
        assert!(matches!(
            error,
            EncoderError::Tile {
                index: 1,
                expected: SIDE,
                ..
            }
        ));
    }
    Ok(())
}

fn tiles(bytes: &[u8]) -> Vec<RgbTile<'_>> {
    let tile = |pixels| RgbTile { pixels, side: SIDE };
    bytes.chunks_exact(TILE_BYTES).map(tile).collect()
}
