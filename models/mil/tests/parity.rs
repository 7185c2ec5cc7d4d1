//! The head against PyTorch's numbers (reference/make_reference.py), to 1e-4.

use std::error::Error;

use candle_core::{Device, Tensor};
use mil::{Head, HeadConfig};
use parameters::Parameters;
use serde::Deserialize;

const TOLERANCE: f32 = 1e-4;
const CONFIG: HeadConfig = HeadConfig {
    inputs: 24,
    hidden: 16,
    attention: 8,
    grades: Some(5),
};

#[derive(Deserialize)]
struct Reference {
    bags: Vec<Bag>,
}

#[derive(Deserialize)]
struct Bag {
    embeddings: Vec<f32>,
    logit: Vec<f32>,
    attention: Vec<f32>,
    tile_logits: Vec<f32>,
    grade_logits: Vec<f32>,
}

fn head() -> Result<Head, Box<dyn Error>> {
    let weights = include_bytes!("../reference/head.safetensors");
    let parameters = Parameters::from_safetensors(weights, &Head::declarations(&CONFIG))?;
    Ok(Head::new(CONFIG, &parameters)?)
}

fn assert_close(what: &str, found: &Tensor, expected: &[f32]) -> Result<(), Box<dyn Error>> {
    let found = found.to_vec1::<f32>()?;
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() <= TOLERANCE,
            "{what}: {found} is not {expected}"
        );
    }
    Ok(())
}

#[test]
fn equals_pytorch() -> Result<(), Box<dyn Error>> {
    let reference: Reference = serde_json::from_str(include_str!("../reference/outputs.json"))?;
    assert!(!reference.bags.is_empty());
    let head = head()?;
    for bag in reference.bags {
        let n_instances = bag.embeddings.len() / CONFIG.inputs;
        let shape = (n_instances, CONFIG.inputs);
        let output = head.forward(&Tensor::from_vec(bag.embeddings, shape, &Device::Cpu)?)?;
        assert_close("logit", &output.logit, &bag.logit)?;
        assert_close("attention", &output.attention, &bag.attention)?;
        assert_close("tile logits", &output.tile_logits, &bag.tile_logits)?;
        let grade_logits = output.grade_logits.ok_or("the head grades")?;
        assert_close("grade logits", &grade_logits, &bag.grade_logits)?;
    }
    Ok(())
}

#[test]
fn a_bag_of_100_000_tiles_is_pooled_like_a_small_one() -> Result<(), Box<dyn Error>> {
    let head = head()?;
    let tile: Vec<f32> = (0..CONFIG.inputs)
        .map(|n| (n as f32 * 0.37).sin())
        .collect();
    let of = |n: usize| Tensor::from_vec(tile.repeat(n), (n, CONFIG.inputs), &Device::Cpu);
    let (one, many) = (head.forward(&of(1)?)?, head.forward(&of(100_000)?)?);
    assert_close("logit", &many.logit, &one.logit.to_vec1::<f32>()?)?;
    let attention = many.attention.to_vec1::<f32>()?;
    assert!((attention.iter().map(|&a| f64::from(a)).sum::<f64>() - 1.0).abs() < 1e-3);
    Ok(())
}

#[test]
fn an_empty_bag_and_a_foreign_bag_are_named() -> Result<(), Box<dyn Error>> {
    let head = head()?;
    let empty = head.forward(&Tensor::zeros(
        (0, 24),
        candle_core::DType::F32,
        &Device::Cpu,
    )?);
    assert!(empty.is_err_and(|error| error.to_string().contains("empty")));
    let foreign = head.forward(&Tensor::zeros(
        (3, 25),
        candle_core::DType::F32,
        &Device::Cpu,
    )?);
    assert!(foreign.is_err_and(|error| error.to_string().contains("another encoder")));
    Ok(())
}
