//! What a task of gated attention loses where its heads multiply in bf16, trained on the classic
//! sets of multiple-instance learning.

#[path = "../examples/classic_mil/set.rs"]
mod set;

use std::error::Error;
use std::io::Write;

use coverslip_mil::train::{
    BagLabel, EnsembleConfig, TaskDraft, TrainConfig, TrainedTask, TrainingBag, fit,
};
use coverslip_mil::{Answers, Covariates, HeadConfig, Task};
use flow::{EncoderRef, HeadPrecision, Sha256Digest};
use set::Set;

const SETS: [&str; 5] = ["musk1", "musk2", "elephant", "fox", "tiger"];

/// How far a calibrated probability may be from the one in f32.
const MOST_AWAY: f64 = 0.02;

/// The bags with each feature standardised: a layer norm leaves an encoder's embeddings so.
fn bags(set: Set) -> Vec<TrainingBag> {
    let rows = || {
        let bags = set.bags.iter();
        bags.flat_map(|bag| bag.instances.chunks_exact(set.dimension))
    };
    let n = rows().count() as f32;
    let mean = |of: &dyn Fn(&[f32]) -> f32| rows().map(of).sum::<f32>() / n;
    let scale = |at: usize| {
        let middle = mean(&|row| row[at]);
        let variance = mean(&|row| (row[at] - middle).powi(2));
        (middle, variance.max(1e-6).sqrt())
    };
    let scales: Vec<(f32, f32)> = (0..set.dimension).map(scale).collect();
    let bags = set.bags.iter().enumerate();
    let bag = bags.map(|(number, bag)| {
        let values = bag.instances.iter().zip(scales.iter().cycle());
        TrainingBag {
            name: format!("bag {number}"),
            embeddings: values
                .map(|(value, (middle, scale))| (value - middle) / scale)
                .collect(),
            dimension: set.dimension as u32,
            label: match bag.is_positive {
                true => BagLabel::Positive(None),
                false => BagLabel::Negative,
            },
            covariates: Covariates::default(),
            evidence: None,
        }
    });
    bag.collect()
}

fn trained(bags: &[TrainingBag]) -> Result<TrainedTask, Box<dyn Error>> {
    let draft = TaskDraft {
        id: "classic".parse()?,
        version: "1.0.0".parse()?,
        encoder: EncoderRef {
            name: "none".to_owned(),
            hash: Sha256Digest::of(b"none"),
        },
        head: HeadConfig::GatedAbmil {
            dimension: bags[0].dimension,
            hidden: 64,
            attention: 32,
            n_classes: 1,
            highest_grade: None,
        },
        answers: Answers::Detection {
            negative: "without".to_owned(),
            positive: "with".to_owned(),
            grade_scale: None,
        },
        covariates: None,
        intended_use: "tests".to_owned(),
        data: "a classic set".to_owned(),
    };
    let (config, one_head) = (TrainConfig::default(), EnsembleConfig::ONE_HEAD);
    Ok(fit(bags, &draft, &config, one_head, |_, _| ())?)
}

/// How far the probability of a bag in bf16 is from that in f32. The call is the same unless the
/// threshold lies between them.
fn away(task: &Task, bag: &TrainingBag) -> Result<f64, Box<dyn Error>> {
    let half = task.in_precision(HeadPrecision::Bf16);
    let plain = task.score(&bag.embeddings, bag.dimension)?;
    let half = half.score(&bag.embeddings, bag.dimension)?;
    let (a, b) = (plain.probability, half.probability);
    let parted = (a >= plain.threshold) != (b >= plain.threshold);
    assert_eq!(plain.call != half.call, parted, "{}", bag.name);
    Ok((a - b).abs())
}

#[test]
fn probabilities_in_bf16_are_near_those_in_f32() -> Result<(), Box<dyn Error>> {
    for name in SETS {
        let Some(file) = test_data::real(&format!("mil/{name}.csv.gz")) else {
            return Ok(());
        };
        let bags = bags(Set::read(&file)?);
        let task = trained(&bags)?.task()?;
        assert_eq!(task.precision(), HeadPrecision::F32);
        let away: Vec<f64> = bags
            .iter()
            .map(|bag| away(&task, bag))
            .collect::<Result<_, _>>()?;
        let most = away.iter().copied().fold(0.0, f64::max);
        let mean = away.iter().sum::<f64>() / away.len() as f64;
        writeln!(
            std::io::stderr(),
            "{name}: {} bags, {most:.5} at most, {mean:.5} in the mean",
            bags.len()
        )?;
        assert!(most > 0.0 && most < MOST_AWAY, "{name}: {most}");
    }
    Ok(())
}
