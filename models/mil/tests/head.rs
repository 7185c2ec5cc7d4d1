//! The gated attention head: the same numbers as PyTorch, and bags of every size.
//!
//! `models/encoder/reference/make_reference.py` wrote the fixtures.

use std::error::Error;

use coverslip_mil::{Covariates, MilError, Scores, Task};
use flow::{HeadPrecision, Sha256Digest, TileIndex};
use safetensors::SafeTensors;

const HEAD: &[u8] = include_bytes!("fixtures/head.safetensors");
const REFERENCE: &[u8] = include_bytes!("fixtures/reference.safetensors");
const DIMENSION: u32 = 12;
const TOLERANCE: f64 = 1e-5;

fn task_json(threshold: f64, temperature: f64) -> String {
    let (encoder, head) = ("11".repeat(32), Sha256Digest::of(HEAD));
    format!(
        r#"{{
            "id": "example", "version": "1.0.0",
            "encoder": {{"name": "tiny", "hash": "{encoder}"}},
            "head": {{"kind": "gated-abmil", "dimension": 12, "hidden": 8, "attention": 6,
                      "highest_grade": 5}},
            "classes": {{"negative": "benign", "positive": "tumour"}},
            "grade_scale": {{"name": "example grade", "highest": 5}},
            "threshold": {threshold}, "temperature": {temperature},
            "regulatory_status": "research_use_only", "intended_use": "tests",
            "head_sha256": "{head}"
        }}"#
    )
}

fn task(threshold: f64, temperature: f64) -> Result<Task, MilError> {
    Task::load(task_json(threshold, temperature).as_bytes(), &[HEAD])
}

fn reference(name: &str) -> Result<Vec<f32>, Box<dyn Error>> {
    let reference = SafeTensors::deserialize(REFERENCE)?;
    let tensor = reference.tensor(name)?;
    let (words, _) = tensor.data().as_chunks::<4>();
    Ok(words.iter().map(|word| f32::from_le_bytes(*word)).collect())
}

/// The reference bag again and again.
fn bag_of(n_instances: usize) -> Result<Vec<f32>, Box<dyn Error>> {
    let bag = reference("bag")?;
    Ok(bag
        .iter()
        .copied()
        .cycle()
        .take(n_instances * DIMENSION as usize)
        .collect())
}

fn sigmoid(logit: f32) -> f64 {
    1.0 / (1.0 + f64::from(-logit).exp())
}

fn assert_close(what: &str, found: &[f64], expected: &[f64]) {
    assert_within(TOLERANCE, what, found, expected);
}

fn assert_within(tolerance: f64, what: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() <= tolerance, "{what}: {a}, expected {b}");
    }
}

fn widened(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

#[test]
fn scores_are_those_of_pytorch() -> Result<(), Box<dyn Error>> {
    let scores = task(0.01, 1.0)?.score(&reference("bag")?, DIMENSION)?;
    let logit = reference("expected.logit")?[0];
    assert_close("probability", &[scores.probability], &[sigmoid(logit)]);
    let expected = widened(&reference("expected.attention")?);
    assert_close("attention", &widened(&scores.attention), &expected);
    let tiles = reference("expected.tile_logits")?.into_iter().map(sigmoid);
    let expected: Vec<f64> = tiles.collect();
    assert_close("tiles", &widened(&scores.tile_probability), &expected);

    let grade = scores.grade.ok_or("positive at this threshold")?;
    let expected = widened(&reference("expected.exceedance")?);
    assert_eq!(grade.exceedance[0], 1.0);
    assert_close("exceedance", &grade.exceedance[1..], &expected);
    assert!(grade.exceedance.is_sorted_by(|a, b| a >= b));
    assert_close(
        "expected grade",
        &[grade.expected],
        &[1.0 + expected.iter().sum::<f64>()],
    );
    let n_likely = expected.iter().filter(|&&p| p >= 0.5).count();
    assert_eq!(usize::from(grade.value), 1 + n_likely);
    Ok(())
}

#[test]
fn temperature_and_threshold_decide_the_call() -> Result<(), Box<dyn Error>> {
    let bag = reference("bag")?;
    let logit = reference("expected.logit")?[0];
    let softened = sigmoid(logit / 4.0);
    let above = task(softened - 0.01, 4.0)?.score(&bag, DIMENSION)?;
    assert_close("softened", &[above.probability], &[softened]);
    assert!(above.call.is_positive && above.call.label == "tumour" && above.grade.is_some());
    let below = task(softened + 0.01, 4.0)?.score(&bag, DIMENSION)?;
    assert!(!below.call.is_positive && below.call.label == "benign" && below.grade.is_none());
    Ok(())
}

#[test]
fn bags_of_one_two_and_a_hundred_thousand() -> Result<(), Box<dyn Error>> {
    let task = task(0.5, 1.0)?;
    for n_instances in [1, 2, 100_000] {
        let scores = task.score(&bag_of(n_instances)?, DIMENSION)?;
        assert_eq!(scores.attention.len(), n_instances);
        assert_eq!(scores.tile_probability.len(), n_instances);
        let sum: f64 = widened(&scores.attention).iter().sum();
        assert!((sum - 1.0).abs() < 1e-5, "{n_instances}: {sum}");
        assert!((0.0..=1.0).contains(&scores.probability));
    }
    // Each instance as often as every other weighs the same as each once.
    let once = task.score(&bag_of(50)?, DIMENSION)?;
    let often = task.score(&bag_of(100_000)?, DIMENSION)?;
    assert_close("repeated", &[often.probability], &[once.probability]);
    Ok(())
}

#[test]
fn a_tile_alone_is_its_own_bag() -> Result<(), Box<dyn Error>> {
    let task = task(0.5, 2.0)?;
    let bag = reference("bag")?;
    let whole: Scores = task.score(&bag, DIMENSION)?;
    let tiles = bag.chunks_exact(DIMENSION as usize);
    for (tile, expected) in tiles.zip(&whole.tile_probability) {
        let alone = task.score(tile, DIMENSION)?;
        assert_close("alone", &[alone.probability], &[f64::from(*expected)]);
        assert_eq!(alone.attention, [1.0]);
    }
    Ok(())
}

#[test]
fn huge_embeddings_overflow_nothing() -> Result<(), Box<dyn Error>> {
    let bag: Vec<f32> = reference("bag")?.iter().map(|value| value * 1e6).collect();
    let scores = task(0.5, 1.0)?.score(&bag, DIMENSION)?;
    assert!(scores.probability.is_finite());
    assert!(scores.attention.iter().all(|share| share.is_finite()));
    assert!((widened(&scores.attention).iter().sum::<f64>() - 1.0).abs() < 1e-5);
    Ok(())
}

#[test]
fn bags_that_cannot_be_scored_are_named() -> Result<(), Box<dyn Error>> {
    let task = task(0.5, 1.0)?;
    let mut bag = bag_of(3)?;
    assert!(matches!(
        task.score(&[], DIMENSION),
        Err(MilError::EmptyBag)
    ));
    assert!(matches!(
        task.score(&bag, 9),
        Err(MilError::Dimension {
            found: 9,
            expected: 12,
            ..
        })
    ));
    assert!(matches!(
        task.score(&bag[1..], DIMENSION),
        Err(MilError::Ragged { .. })
    ));
    bag[30] = f32::NAN;
    assert!(matches!(
        task.score(&bag, DIMENSION),
        Err(MilError::NotFinite { index: 2 })
    ));
    Ok(())
}

#[test]
fn tasks_that_cannot_be_are_refused_with_the_reason() -> Result<(), Box<dyn Error>> {
    let json = task_json(0.5, 1.0);
    let refused = |from: &str, to: &str| {
        let changed = json.replace(from, to);
        assert_ne!(changed, json, "{from}");
        let error = Task::load(changed.as_bytes(), &[HEAD]).expect_err(to);
        error.to_string()
    };
    assert!(refused("\"threshold\": 0.5", "\"threshold\": 1.5").contains("threshold 1.5"));
    assert!(refused("\"temperature\": 1", "\"temperature\": 0").contains("temperature 0"));
    assert!(refused("\"highest\": 5", "\"highest\": 4").contains("grade_scale"));
    assert!(refused("\"hidden\": 8", "\"hidden\": 9").contains("needs [9, 12]"));
    assert!(refused("\"hidden\": 8", "\"hidden\": 0").contains("hidden"));
    assert!(refused("gated-abmil", "magic").contains("task.json cannot be read"));

    let error = Task::load(json.as_bytes(), &[REFERENCE]).expect_err("another sha256");
    assert!(matches!(&error, MilError::HeadDigest { task, .. } if task == "example"));
    Ok(())
}

#[test]
fn the_hash_covers_the_whole_task() -> Result<(), Box<dyn Error>> {
    let hash = task(0.5, 1.0)?.reference().hash;
    assert_eq!(task(0.5, 1.0)?.reference().hash, hash);
    assert_ne!(task(0.4, 1.0)?.reference().hash, hash);
    Ok(())
}

/// PyTorch's numbers are those of f32; each value that is multiplied in bf16 has 8 places.
#[test]
fn scores_in_bf16_are_nearly_those_of_pytorch() -> Result<(), Box<dyn Error>> {
    let plain = task(0.01, 1.0)?;
    let half = plain.in_precision(HeadPrecision::Bf16);
    assert_eq!(half.precision(), HeadPrecision::Bf16);
    assert_eq!(half.reference(), plain.reference());
    let bag = reference("bag")?;
    let scores = half.score(&bag, DIMENSION)?;
    assert_ne!(scores, plain.score(&bag, DIMENSION)?);
    let near = |what: &str, found: &[f64], expected: &[f64]| {
        assert_within(5e-3, what, found, expected);
    };
    let logit = reference("expected.logit")?[0];
    near("probability", &[scores.probability], &[sigmoid(logit)]);
    let expected = widened(&reference("expected.attention")?);
    near("attention", &widened(&scores.attention), &expected);
    let tiles = reference("expected.tile_logits")?.into_iter().map(sigmoid);
    let expected: Vec<f64> = tiles.collect();
    near("tiles", &widened(&scores.tile_probability), &expected);
    Ok(())
}

/// What a call rests on is asked of the very products that made it.
#[test]
fn evidence_in_bf16_is_of_the_scores_in_bf16() -> Result<(), Box<dyn Error>> {
    let task = task(0.01, 2.0)?.in_precision(HeadPrecision::Bf16);
    let (bag, width) = (reference("bag")?, DIMENSION as usize);
    let cell = |column| TileIndex { column, row: 0 };
    let cells: Vec<TileIndex> = (0..(bag.len() / width) as u32).map(cell).collect();
    let log_odds = |bag: &[f32]| -> Result<f64, MilError> {
        let probability = task.score(bag, DIMENSION)?.probability;
        Ok((probability / (1.0 - probability)).ln())
    };
    let scores = task.score(&bag, DIMENSION)?;
    let explained = task.explain(&bag, &cells, &Covariates::default(), &scores)?;
    let whole = log_odds(&bag)?;
    for (left_out, effect) in explained.leave_out.iter().enumerate() {
        let (before, after) = bag.split_at(left_out * width);
        let rest = [before, &after[width..]].concat();
        let expected = whole - log_odds(&rest)?;
        assert_within(1e-4, "left out", &[f64::from(*effect)], &[expected]);
    }
    Ok(())
}
