//! What a call rests on, with a head whose answer is known beforehand.

use std::collections::HashMap;
use std::error::Error;
use std::time::{Duration, Instant};

use candle_core::{Device, Tensor};
use coverslip_mil::{Covariates, Decisive, Explanation, Task};
use flow::{HeadPrecision, HeatmapLayer, Sha256Digest, TileIndex};
use parameters::{Seed, seeded};
use rand::RngExt;

const N_INSTANCES: usize = 1000;
const COLUMNS: u32 = 40;
const PLANTED: [usize; 4] = [101, 102, 500, 733];

/// Attends to what has a high first value and calls it positive; the second value is noise.
fn task() -> Result<Task, Box<dyn Error>> {
    load(CONFIG, &[head(12.0)?])
}

const CONFIG: &str = r#"{"kind": "plain-abmil", "dimension": 2, "hidden": 2, "attention": 1,
                         "n_classes": 1}"#;

/// How much it attends to what it looks for.
fn head(attention: f32) -> Result<Vec<u8>, Box<dyn Error>> {
    let tensor = |values: &[f32], shape: &[usize]| Tensor::from_slice(values, shape, &Device::Cpu);
    let tensors = HashMap::from([
        ("projection.weight", tensor(&[1.0, 0.0, 0.0, 1.0], &[2, 2])?),
        ("projection.bias", tensor(&[0.0; 2], &[2])?),
        ("attention_V.weight", tensor(&[1.0, 0.1], &[1, 2])?),
        ("attention_V.bias", tensor(&[0.0], &[1])?),
        ("attention_w.weight", tensor(&[attention], &[1, 1])?),
        ("attention_w.bias", tensor(&[0.0], &[1])?),
        ("classifier.weight", tensor(&[8.0, 0.0], &[1, 2])?),
        ("classifier.bias", tensor(&[-4.0], &[1])?),
    ]);
    Ok(safetensors::serialize(tensors, None)?)
}

fn load(config: &str, heads: &[Vec<u8>]) -> Result<Task, Box<dyn Error>> {
    let encoder = "11".repeat(32);
    let digests = heads
        .iter()
        .map(|head| format!("\"{}\"", Sha256Digest::of(head)));
    let digests = digests.collect::<Vec<_>>().join(", ");
    let json = format!(
        r#"{{
            "id": "example", "version": "1.0.0",
            "encoder": {{"name": "tiny", "hash": "{encoder}"}},
            "head": {config},
            "classes": {{"negative": "benign", "positive": "tumour"}},
            "threshold": 0.5, "temperature": 2.0,
            "regulatory_status": "research_use_only", "intended_use": "tests",
            "head_sha256": [{digests}]
        }}"#
    );
    Ok(Task::load(json.as_bytes(), heads)?)
}

fn cells(n_instances: usize, columns: u32) -> Vec<TileIndex> {
    let cell = |at: u32| TileIndex {
        column: at % columns,
        row: at / columns,
    };
    (0..n_instances as u32).map(cell).collect()
}

/// Noise in the second value; `planted` have the given first value, the others 0.
fn bag(planted: &[usize], first: f32) -> Vec<f32> {
    let mut random = seeded(Seed(5), 0);
    let instance = |at: usize| {
        let first = if planted.contains(&at) { first } else { 0.0 };
        [first, random.random_range(-1.0..1.0)]
    };
    (0..N_INSTANCES).flat_map(instance).collect()
}

fn explained(embeddings: &[f32]) -> Result<Explanation, Box<dyn Error>> {
    let task = task()?;
    let scores = task.score(embeddings, 2)?;
    let cells = cells(N_INSTANCES, COLUMNS);
    Ok(task.explain(embeddings, &cells, &Covariates::default(), &scores)?)
}

#[test]
fn planted_tiles_are_what_a_positive_call_rests_on() -> Result<(), Box<dyn Error>> {
    let found = explained(&bag(&PLANTED, 1.0))?;
    let weakest = PLANTED.iter().map(|&at| found.leave_out[at]);
    let weakest = weakest.fold(f32::INFINITY, f32::min);
    let others = (0..N_INSTANCES).filter(|at| !PLANTED.contains(at));
    let strongest = others
        .map(|at| found.leave_out[at])
        .fold(f32::NEG_INFINITY, f32::max);
    assert!(weakest > strongest, "{weakest} {strongest}");
    // The two that touch each other are missed more together.
    assert!(found.neighbourhood[101] > 1.5 * found.leave_out[101]);

    let layers: Vec<HeatmapLayer> = found.layers.iter().map(|one| one.layer).collect();
    assert_eq!(layers, HeatmapLayer::ALL);
    for one in &found.layers {
        let figure = one.faithfulness.mean().ok_or("a figure")?;
        let least = if one.layer == HeatmapLayer::Neighbourhood {
            0.5
        } else {
            0.9
        };
        assert!(figure > least, "{}: {figure}", one.layer);
    }
    let Decisive::SmallestSet {
        instances,
        probability,
    } = &found.decisive
    else {
        return Err(format!("{:?}", found.decisive).into());
    };
    assert!(
        matches!(instances[..], [one] if PLANTED.contains(&one)),
        "{instances:?}"
    );
    let alone = 1.0 / (1.0 + (-4.0_f64 / 2.0).exp());
    assert!((probability - alone).abs() < 1e-6, "{probability}");
    Ok(())
}

#[test]
fn a_negative_call_names_the_tile_that_was_outweighed() -> Result<(), Box<dyn Error>> {
    let found = explained(&bag(&[321], 0.4))?;
    assert_eq!(found.decisive, Decisive::MostSuspicious { instance: 321 });
    assert!(found.leave_out[321] > 0.0);
    Ok(())
}

#[test]
fn several_heads_are_left_out_of_as_they_answer_together() -> Result<(), Box<dyn Error>> {
    let task = load(CONFIG, &[head(12.0)?, head(2.0)?])?;
    let whole = bag(&PLANTED, 0.4);
    let log_odds = |embeddings: &[f32]| -> Result<f64, Box<dyn Error>> {
        let probability = task.score(embeddings, 2)?.probability;
        Ok((probability / (1.0 - probability)).ln())
    };
    let scores = task.score(&whole, 2)?;
    let cells = cells(N_INSTANCES, COLUMNS);
    let found = task.explain(&whole, &cells, &Covariates::default(), &scores)?;
    for instance in [0, PLANTED[0], PLANTED[3]] {
        let mut without = whole.clone();
        without.drain(2 * instance..2 * instance + 2);
        let effect = log_odds(&whole)? - log_odds(&without)?;
        let found = f64::from(found.leave_out[instance]);
        assert!((effect - found).abs() < 1e-4, "{effect} and {found}");
    }
    Ok(())
}

#[test]
fn a_bag_with_other_places_is_refused() -> Result<(), Box<dyn Error>> {
    let (task, embeddings) = (task()?, bag(&PLANTED, 1.0));
    let scores = task.score(&embeddings, 2)?;
    let refused = task.explain(
        &embeddings,
        &cells(7, COLUMNS),
        &Covariates::default(),
        &scores,
    );
    let text = refused.err().ok_or("an error")?.to_string();
    assert!(text.contains("1000 instances but 7 places"), "{text}");
    Ok(())
}

#[test]
#[ignore = "takes half a minute and a gigabyte: run it when evidence is touched"]
fn a_large_bag_is_explained_in_seconds() -> Result<(), Box<dyn Error>> {
    const LARGE: usize = 100_000;
    const DIMENSION: usize = 1024;
    let mut random = seeded(Seed(2), 0);
    let embeddings: Vec<f32> = (0..LARGE * DIMENSION)
        .map(|_| random.random_range(-1.0..1.0))
        .collect();
    for rest in [
        r#""kind": "gated-abmil", "hidden": 512, "attention": 256"#,
        r#""kind": "max-pool", "n_classes": 1"#,
        r#""kind": "dsmil", "query_width": 128, "n_classes": 2"#,
    ] {
        let config = format!(r#"{{"dimension": {DIMENSION}, {rest}}}"#);
        let declared: coverslip_mil::HeadConfig = serde_json::from_str(&config)?;
        let drawn = parameters::Variables::draw(&declared.declarations(), &mut random)?;
        let tensors: Vec<(String, Tensor)> = drawn
            .iter()
            .map(|(name, var)| (name.to_owned(), var.as_tensor().clone()))
            .collect();
        let task = load(&config, &[safetensors::serialize(tensors, None)?])?;
        let scores = task.score(&embeddings, DIMENSION as u32)?;
        let began = Instant::now();
        let cells = cells(LARGE, 400);
        let found = task.explain(&embeddings, &cells, &Covariates::default(), &scores)?;
        let took = began.elapsed();
        assert_eq!(found.leave_out.len(), LARGE);
        assert!(took < Duration::from_secs(60), "{took:?} for {rest}");
    }
    Ok(())
}

#[test]
fn heads_that_know_f32_alone_stay_in_it() -> Result<(), Box<dyn Error>> {
    let task = task()?;
    let asked = task.in_precision(HeadPrecision::Bf16);
    assert_eq!(asked.precision(), HeadPrecision::F32);
    let bag = [0.3, -0.2, 1.7, 0.4];
    assert_eq!(asked.score(&bag, 2)?, task.score(&bag, 2)?);
    Ok(())
}
