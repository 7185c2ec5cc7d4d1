//! The forward pass of devices, on candle's CPU, against that of the processor; and what happens
//! where devices fail.

use std::collections::BTreeSet;
use std::error::Error;
use std::thread;

use coverslip_encoder::{
    Architecture, Compute, Device, Encoder, EncoderError, Feed, Published, Rehearsal, RgbTile,
};
use flow::Precision;

use crate::Tested;
use crate::formula::{cut, tiles, weights};

const N_TILES: usize = 2;
const MOST_AWAY: f32 = 1e-4;
const LEAST_COSINE: f64 = 0.9995;

const ONE_DEVICE: Rehearsal = Rehearsal {
    n_devices: 1,
    batch: 8,
    n_failing: 0,
    good_batches: 0,
};

/// One encoder, to be loaded in several ways.
struct Material {
    json: Vec<u8>,
    weights: Vec<u8>,
    side: u32,
}

impl Material {
    fn of(published: &Published, depth: usize) -> Result<Self, Box<dyn Error>> {
        let mut published = published.clone();
        published.architecture.depth = depth;
        let weights = weights(published.architecture.parameters(), "")?;
        Ok(Self {
            json: serde_json::to_vec(&published.with_weights(&weights))?,
            weights,
            side: published.input.tile_px,
        })
    }

    fn load(&self, compute: Compute) -> Result<Encoder, EncoderError> {
        Encoder::load(&self.json, &self.weights, compute)
    }

    fn embed(&self, compute: Compute) -> Result<Vec<f32>, EncoderError> {
        let bytes = tiles(N_TILES, self.side);
        self.load(compute)?.embed(&cut(&bytes, self.side))
    }
}

fn rehearsed(precision: Precision, rehearsal: Rehearsal) -> Compute {
    Compute::new(precision).on(Device::Rehearsal(rehearsal))
}

/// One of each architecture.
fn architectures() -> Result<Vec<Published>, Box<dyn Error>> {
    let mut known: Vec<Architecture> = Vec::new();
    let mut all = Published::all()?;
    all.retain(|published| {
        let is_new = !known.contains(&published.architecture);
        known.push(published.architecture.clone());
        is_new
    });
    Ok(all)
}

fn smallest() -> Result<Material, Box<dyn Error>> {
    let found = Published::all()?
        .into_iter()
        .find(|p| p.name == "kaiko-s16");
    Material::of(&found.ok_or("it is published")?, 1)
}

#[test]
fn a_device_gives_what_the_processor_gives() -> Tested {
    for published in architectures()? {
        let name = &published.name;
        let material = Material::of(&published, 2)?;
        let expected = material.embed(Compute::default())?;
        let exact = material.embed(rehearsed(Precision::F32, ONE_DEVICE))?;
        let half = material.embed(rehearsed(Precision::Bf16, ONE_DEVICE))?;
        assert_eq!(exact.len(), expected.len(), "{name}");
        let pairs = exact.iter().zip(&expected);
        let away = pairs.map(|(a, b)| (a - b).abs() / (1.0 + b.abs()));
        let away = away.fold(0.0, f32::max);
        let cosine = least_cosine(&half, &expected);
        println!("{name}: f32 {away:.1e} away, bf16 cosine {cosine:.6}");
        assert!(away <= MOST_AWAY, "{name} in f32: {away}");
        assert!(cosine >= LEAST_COSINE, "{name} in bf16: {cosine}");
        assert_ne!(half, exact, "{name}: nothing was rounded");
    }
    Ok(())
}

/// Twelve blocks, over which errors add up.
#[test]
fn half_precision_holds_at_full_depth() -> Tested {
    let found = Published::all()?
        .into_iter()
        .find(|p| p.name == "kaiko-s16");
    let material = Material::of(&found.ok_or("it is published")?, 12)?;
    let expected = material.embed(Compute::default())?;
    let half = material.embed(rehearsed(Precision::Bf16, ONE_DEVICE))?;
    let cosine = least_cosine(&half, &expected);
    println!("bf16 at full depth: cosine {cosine:.6}");
    assert!(cosine >= LEAST_COSINE, "{cosine}");
    Ok(())
}

/// Each batch from a thread of its own.
fn side_by_side(
    encoder: &Encoder,
    batches: &[Vec<RgbTile<'_>>],
) -> Result<Vec<Vec<f32>>, EncoderError> {
    thread::scope(|scope| {
        let calls = batches
            .iter()
            .map(|batch| scope.spawn(|| encoder.embed(batch)));
        let calls: Vec<_> = calls.collect();
        let answers = calls.into_iter().map(|call| call.join().expect("no panic"));
        answers.collect()
    })
}

#[test]
fn a_lost_device_changes_no_embedding() -> Tested {
    let material = smallest()?;
    let bytes = tiles(40, material.side);
    let batches: Vec<_> = cut(&bytes, material.side)
        .chunks(4)
        .map(<[_]>::to_vec)
        .collect();
    let three = Rehearsal {
        n_devices: 3,
        batch: 4,
        ..ONE_DEVICE
    };
    let sound = material.load(rehearsed(Precision::F32, three))?;
    let expected = side_by_side(&sound, &batches)?;
    assert!(sound.lost_devices().is_empty());

    let failing = Rehearsal {
        n_failing: 2,
        good_batches: 2,
        ..three
    };
    let failing = material.load(rehearsed(Precision::F32, failing))?;
    // Who takes which batch is chance, so it may take some rounds until both have failed.
    for _ in 0..50 {
        assert!(side_by_side(&failing, &batches)? == expected);
        if failing.lost_devices().len() == 2 {
            break;
        }
    }
    let lost = failing.lost_devices().into_iter().map(|lost| lost.name);
    let lost: BTreeSet<_> = lost.collect();
    assert_eq!(
        lost,
        ["rehearsal:0", "rehearsal:1"].map(str::to_owned).into()
    );
    Ok(())
}

#[test]
fn without_a_device_left_a_step_fails_and_says_why() -> Tested {
    let material = smallest()?;
    let encoder = material.load(rehearsed(
        Precision::Bf16,
        Rehearsal {
            n_devices: 2,
            batch: 4,
            n_failing: 2,
            good_batches: 1,
        },
    ))?;
    assert_eq!(encoder.n_devices(), 2);
    assert_eq!(encoder.feed(), Feed { tiles: 4, calls: 3 });
    let bytes = tiles(4, material.side);
    let tiles = cut(&bytes, material.side);
    let answers: Vec<_> = (0..4).map(|_| encoder.embed(&tiles)).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 2);
    let error = encoder.embed(&tiles).expect_err("none is left");
    let EncoderError::DevicesLost { name, cause } = &error else {
        return Err(error.into());
    };
    assert!(name.starts_with("rehearsal:"));
    assert!(cause.to_string().contains("fell off the bus"), "{cause}");
    let lost = encoder.lost_devices();
    assert_eq!(lost.len(), 2);
    Ok(())
}

#[test]
fn what_a_device_cannot_do_is_refused_with_the_remedy() -> Tested {
    let material = smallest()?;
    let refused = material.load(rehearsed(Precision::Int8, ONE_DEVICE));
    let refused = refused.expect_err("no bytes on devices").to_string();
    assert!(refused.contains("--precision bf16"), "{refused}");
    // No machine has so many.
    let gpu = "cuda:63".parse()?;
    let refused = material.load(Compute::default().on(gpu));
    let refused = refused.expect_err("no such GPU").to_string();
    assert!(refused.contains("--device cpu"), "{refused}");
    Ok(())
}

/// Of all tiles.
fn least_cosine(found: &[f32], expected: &[f32]) -> f64 {
    let width = expected.len() / N_TILES;
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let pairs = a.iter().zip(b);
        pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let pairs = found.chunks_exact(width).zip(expected.chunks_exact(width));
    let cosines = pairs.map(|(a, b)| dot(a, b) / (dot(a, a) * dot(b, b)).sqrt());
    cosines.fold(1.0, f64::min)
}
