//! What one of several classes, and a grade, rest on: the map, the deletion test and the decisive
//! tiles speak of the answer that was given, with several heads and with covariates.

use std::collections::HashMap;
use std::error::Error;

use candle_core::{Device, Tensor};
use coverslip_mil::{Covariates, Decisive, Explanation, Scores, Task};
use flow::{HeatmapLayer, Sha256Digest, TileIndex};
use parameters::{Seed, seeded};
use rand::RngExt;

const N_INSTANCES: usize = 400;
const PLANTED: [usize; 3] = [37, 38, 260];

const CLASSES: &str = r#""answers": {"kind": "classes", "names": ["a", "b", "c"]},"#;
const GRADES: &str = r#""answers": {"kind": "grades", "scale": "g", "lowest": 0, "highest": 3},"#;
const AGE: &str = r#""covariates": {"numeric": ["age"]},"#;

type Tensors = Vec<(&'static str, Vec<f32>, Vec<usize>)>;

/// Attends to a high first value, as strongly as `attention`; what it sees it says by `classifier`.
fn head(attention: f32, classifier: &[f32], bias: &[f32]) -> Tensors {
    vec![
        ("projection.weight", vec![1.0, 0.0, 0.0, 1.0], vec![2, 2]),
        ("projection.bias", vec![0.0; 2], vec![2]),
        ("attention_V.weight", vec![1.0, 0.1], vec![1, 2]),
        ("attention_V.bias", vec![0.0], vec![1]),
        ("attention_w.weight", vec![attention], vec![1, 1]),
        ("attention_w.bias", vec![0.0], vec![1]),
        (
            "classifier.weight",
            classifier.to_vec(),
            vec![bias.len(), 2],
        ),
        ("classifier.bias", bias.to_vec(), vec![bias.len()]),
    ]
}

/// Class `b` is what has a high first value, `c` and `a` are likelier without.
fn for_classes(attention: f32) -> Tensors {
    let weights = [0.0, 0.0, 6.0, 0.0, 1.0, 0.3];
    head(attention, &weights, &[1.0, -2.0, 0.5])
}

/// Severity 6 where the first value is 1; grades begin at 0, about 1.3 and 2.6.
fn for_grades(attention: f32) -> Tensors {
    let mut tensors = head(attention, &[8.0, 0.0], &[-2.0]);
    tensors.push(("grade.first", vec![0.0], vec![1]));
    tensors.push(("grade.steps", vec![1.0, 1.0], vec![2]));
    tensors
}

fn with_age(mut tensors: Tensors, of_logits: &[f32]) -> Tensors {
    let n_logits = of_logits.len();
    let weight = of_logits.iter().flat_map(|&weight| [weight, 0.0]).collect();
    tensors.push(("covariates.mean", vec![60.0], vec![1]));
    tensors.push(("covariates.deviation", vec![10.0], vec![1]));
    tensors.push(("covariates.last.weight", weight, vec![n_logits, 2]));
    tensors.push(("covariates.last.bias", vec![0.0; n_logits], vec![n_logits]));
    tensors
}

fn task(answers: &str, n_classes: usize, heads: &[Tensors]) -> Result<Task, Box<dyn Error>> {
    let weights = heads.iter().map(|tensors| {
        let tensors = tensors.iter().map(|(name, values, shape)| {
            let tensor = Tensor::from_slice(values, &shape[..], &Device::Cpu)?;
            Ok((*name, tensor))
        });
        let tensors: HashMap<_, _> = tensors.collect::<candle_core::Result<_>>()?;
        Ok(safetensors::serialize(tensors, None)?)
    });
    let weights: Vec<Vec<u8>> = weights.collect::<Result<_, Box<dyn Error>>>()?;
    let digests = weights
        .iter()
        .map(|one| format!("\"{}\"", Sha256Digest::of(one)));
    let digests: Vec<String> = digests.collect();
    let json = format!(
        r#"{{
            "id": "example", "version": "1.0.0",
            "encoder": {{"name": "tiny", "hash": "{}"}},
            "head": {{"kind": "plain-abmil", "dimension": 2, "hidden": 2, "attention": 1,
                      "n_classes": {n_classes}}},
            {answers} "temperature": 2.0,
            "regulatory_status": "research_use_only", "intended_use": "tests",
            "head_sha256": [{}]
        }}"#,
        "11".repeat(32),
        digests.join(", ")
    );
    Ok(Task::load(json.as_bytes(), &weights)?)
}

/// Noise in the second value; the planted have the given first value, the others 0.
fn bag(first: f32) -> Vec<f32> {
    let mut random = seeded(Seed(5), 0);
    let instance = |at: usize| {
        let first = if PLANTED.contains(&at) { first } else { 0.0 };
        [first, random.random_range(-1.0..1.0)]
    };
    (0..N_INSTANCES).flat_map(instance).collect()
}

fn explained(
    task: &Task,
    bag: &[f32],
    known: &Covariates,
) -> Result<(Scores, Explanation), Box<dyn Error>> {
    let cell = |at: usize| TileIndex {
        column: at as u32 % 20,
        row: at as u32 / 20,
    };
    let cells: Vec<TileIndex> = (0..N_INSTANCES).map(cell).collect();
    let scores = task.score_knowing(bag, 2, known)?;
    let explanation = task.explain(bag, &cells, known, &scores)?;
    Ok((scores, explanation))
}

/// Log-odds of what the evidence speaks of, from the scores of a bag.
fn log_odds(scores: &Scores, answer: usize, is_graded: bool) -> f64 {
    let probability = match is_graded {
        true => scores.answer_probabilities[answer.max(1)..].iter().sum(),
        false => scores.answer_probabilities[answer],
    };
    (probability / (1.0 - probability)).ln()
}

/// Every instance asked about is left out of the bag, which is scored again.
fn assert_left_out(
    task: &Task,
    whole: &[f32],
    known: &Covariates,
    is_graded: bool,
) -> Result<(), Box<dyn Error>> {
    let (scores, found) = explained(task, whole, known)?;
    for instance in [0, PLANTED[0], PLANTED[2]] {
        let mut without = whole.to_vec();
        without.drain(2 * instance..2 * instance + 2);
        let without = task.score_knowing(&without, 2, known)?;
        let effect = log_odds(&scores, scores.answer, is_graded)
            - log_odds(&without, scores.answer, is_graded);
        let found = f64::from(found.leave_out[instance]);
        assert!((effect - found).abs() < 1e-4, "{effect} and {found}");
    }
    Ok(())
}

fn assert_rests_on_the_planted(found: &Explanation) -> Result<(), Box<dyn Error>> {
    let layers: Vec<HeatmapLayer> = found.layers.iter().map(|one| one.layer).collect();
    assert_eq!(layers, HeatmapLayer::ALL);
    for one in &found.layers {
        let figure = one.faithfulness.mean().ok_or("a figure")?;
        let least = match one.layer {
            HeatmapLayer::Neighbourhood => 0.4,
            _ => 0.85,
        };
        assert!(figure > least, "{}: {figure}", one.layer);
    }
    let Decisive::SmallestSet { instances, .. } = &found.decisive else {
        return Err(format!("{:?}", found.decisive).into());
    };
    assert!(
        matches!(instances[..], [one] if PLANTED.contains(&one)),
        "{instances:?}"
    );
    Ok(())
}

#[test]
fn a_class_rests_on_what_was_planted() -> Result<(), Box<dyn Error>> {
    let task = task(CLASSES, 3, &[for_classes(12.0)])?;
    let (scores, found) = explained(&task, &bag(1.0), &Covariates::default())?;
    assert_eq!(scores.call.label, "b");
    assert_rests_on_the_planted(&found)?;
    let several = self::task(CLASSES, 3, &[for_classes(12.0), for_classes(3.0)])?;
    assert_left_out(&several, &bag(1.0), &Covariates::default(), false)
}

#[test]
fn a_grade_rests_on_what_was_planted() -> Result<(), Box<dyn Error>> {
    let task = task(GRADES, 1, &[for_grades(12.0)])?;
    let (scores, found) = explained(&task, &bag(1.0), &Covariates::default())?;
    assert_eq!(scores.call.label, "g 3");
    assert_rests_on_the_planted(&found)?;
    let several = self::task(GRADES, 1, &[for_grades(12.0), for_grades(6.0)])?;
    assert_left_out(&several, &bag(1.0), &Covariates::default(), true)
}

#[test]
fn the_lowest_grade_names_the_tile_that_was_outweighed() -> Result<(), Box<dyn Error>> {
    let task = task(GRADES, 1, &[for_grades(2.0)])?;
    let (scores, found) = explained(&task, &bag(0.1), &Covariates::default())?;
    assert_eq!(scores.call.label, "g 0");
    let Decisive::MostSuspicious { instance } = found.decisive else {
        return Err(format!("{:?}", found.decisive).into());
    };
    assert!(PLANTED.contains(&instance));
    Ok(())
}

#[test]
fn covariates_stay_as_they_are_while_tiles_go() -> Result<(), Box<dyn Error>> {
    let heads = [
        with_age(for_classes(12.0), &[0.0, 0.5, -0.5]),
        with_age(for_classes(3.0), &[0.2, 0.0, 0.0]),
    ];
    let task = task(&format!("{CLASSES} {AGE}"), 3, &heads)?;
    let of_age = |age| Covariates {
        numeric: vec![age],
        categorical: Vec::new(),
    };
    assert_left_out(&task, &bag(1.0), &of_age(Some(80.0)), false)?;
    let old = explained(&task, &bag(1.0), &of_age(Some(80.0)))?.1;
    let young = explained(&task, &bag(1.0), &of_age(Some(40.0)))?.1;
    assert_ne!(old.leave_out, young.leave_out);
    assert!(explained(&task, &bag(1.0), &Covariates::default()).is_err());
    Ok(())
}
