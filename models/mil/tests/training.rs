//! Training finds a planted signal, the same one each time.

use std::error::Error;

use coverslip_mil::train::{
    BagLabel, ClassWeights, Clustering, Dropout, EnsembleConfig, EpochReport, TaskDraft,
    TrainConfig, TrainingBag, fit,
};
use coverslip_mil::{
    Answers, Covariates, Evaluation, GradeScale, HeadConfig, MilError, Outcome, SlideFacts,
};
use flow::{Abstention, EncoderRef, Mpp, SetBasis, Sha256Digest};
use parameters::{AdamWConfig, OneCycle, Seed, seeded};
use rand::RngExt;

const DIMENSION: usize = 8;
const N_INSTANCES: usize = 200;

/// Noise; in a positive bag four of 200 instances have a high first value, and a second value that
/// grows with the grade.
fn bag(number: u64, label: BagLabel) -> TrainingBag {
    let mut random = seeded(Seed(number), 9);
    let mut embeddings: Vec<f32> = (0..N_INSTANCES * DIMENSION)
        .map(|_| random.random_range(-1.0..1.0))
        .collect();
    let mut evidence = vec![0.0; N_INSTANCES];
    if let BagLabel::Positive(grade) = label {
        for _ in 0..4 {
            let at = random.random_range(0..N_INSTANCES);
            evidence[at] = 1.0;
            embeddings[at * DIMENSION] = 2.0;
            embeddings[at * DIMENSION + 1] = f32::from(grade.unwrap_or(1)) - 3.0;
        }
    }
    TrainingBag {
        name: format!("bag {number}"),
        embeddings,
        dimension: DIMENSION as u32,
        label,
        covariates: Covariates::default(),
        evidence: Some(evidence),
    }
}

/// As many negative bags as positive ones, of grades 1 to 5 in turn.
fn bags(first: u64, n: u64) -> Vec<TrainingBag> {
    let label = |number: u64| match number % 2 {
        0 => BagLabel::Negative,
        _ => BagLabel::Positive(Some((number / 2 % 5) as u8 + 1)),
    };
    (first..first + n)
        .map(|number| bag(number, label(number)))
        .collect()
}

fn draft() -> Result<TaskDraft, Box<dyn Error>> {
    Ok(TaskDraft {
        id: "planted".parse()?,
        version: "1.0.0".parse()?,
        encoder: EncoderRef {
            name: "none".to_owned(),
            hash: Sha256Digest::of(b"none"),
        },
        head: HeadConfig::GatedAbmil {
            dimension: DIMENSION as u32,
            hidden: 16,
            attention: 8,
            n_classes: 1,
            highest_grade: Some(5),
        },
        answers: Answers::Detection {
            negative: "without".to_owned(),
            positive: "with".to_owned(),
            grade_scale: Some(GradeScale {
                name: "planted grade".to_owned(),
                highest: 5,
            }),
        },
        covariates: None,
        intended_use: "tests".to_owned(),
        data: "planted signal in noise".to_owned(),
    })
}

fn config(epochs: u32, patience: u32) -> TrainConfig {
    TrainConfig {
        seed: Seed(11),
        epochs,
        patience,
        bags_per_step: 4,
        instances_per_bag: 150,
        validation_share: 0.2,
        learning_rate: OneCycle {
            max_rate: 1e-2,
            warm_up: 0.3,
        },
        optimiser: AdamWConfig::default(),
        clip_norm: 1.0,
        grade_weight: 1.0,
        evidence_weight: 0.5,
        class_weights: ClassWeights::Even,
        dropout: Dropout::default(),
        clustering: Clustering::default(),
    }
}

#[test]
fn finds_what_was_planted() -> Result<(), Box<dyn Error>> {
    let trained = fit(
        &bags(0, 60),
        &draft()?,
        &config(30, 30),
        EnsembleConfig::ONE_HEAD,
        |_, _| (),
    )?;
    let task = trained.task()?;
    let outcomes: Vec<Outcome> = bags(1000, 60)
        .iter()
        .map(|bag| Outcome::of(&task, bag))
        .collect::<Result<_, _>>()?;
    let evaluation = Evaluation::of(&outcomes);
    assert!(evaluation.auc >= Some(0.99), "{evaluation:?}");
    assert!(evaluation.balanced_accuracy >= Some(0.95), "{evaluation:?}");
    assert!(evaluation.grade_kappa >= Some(0.9), "{evaluation:?}");
    assert_eq!(evaluation.hottest_in_evidence, (30, 30));
    Ok(())
}

/// Of 60 bags a fifth is held out, six of them negative: too few to rule anything out at one in ten.
#[test]
fn a_task_of_few_bags_does_not_claim_to_rule_anything_out() -> Result<(), Box<dyn Error>> {
    let task = fit(
        &bags(0, 60),
        &draft()?,
        &config(3, 3),
        EnsembleConfig::ONE_HEAD,
        |_, _| (),
    )?
    .task()?;
    let bag = bag(1000, BagLabel::Negative);
    let scores = task.score(&bag.embeddings, bag.dimension)?;
    let set = scores.set.as_ref().ok_or("a set")?;
    assert_eq!(set.labels, ["without", "with"]);
    let too_few = SetBasis::TooFewCalibrationSlides {
        label: "without".to_owned(),
        n_slides: 6,
        needed: 9,
    };
    assert_eq!(set.basis, too_few);

    let facts = SlideFacts {
        scanner: None,
        mpp: Mpp::new(0.5)?,
        n_instances: N_INSTANCES as u64,
        covariates: Covariates::default(),
    };
    let usual = task.abstention(&facts, &bag.embeddings, &scores);
    assert_eq!(usual, Some(Abstention::Uncertain { n_labels: 2 }));
    let shifted: Vec<f32> = bag.embeddings.iter().map(|value| value + 1.0).collect();
    let unusual = task.abstention(&facts, &shifted, &scores);
    assert!(
        matches!(unusual, Some(Abstention::OutOfDistribution { distance, limit, .. }) if distance > limit),
        "{unusual:?}"
    );
    Ok(())
}

#[test]
fn equal_seeds_give_equal_tasks() -> Result<(), Box<dyn Error>> {
    let train = |seed| {
        let config = TrainConfig {
            seed: Seed(seed),
            ..config(3, 3)
        };
        fit(
            &bags(0, 20),
            &draft()?,
            &config,
            EnsembleConfig::ONE_HEAD,
            |_, _| (),
        )
        .map_err(Box::<dyn Error>::from)
    };
    let (one, again, other) = (train(1)?, train(1)?, train(2)?);
    assert_eq!(one.heads, again.heads);
    assert_eq!(one.task_json()?, again.task_json()?);
    assert_ne!(one.heads, other.heads);
    Ok(())
}

#[test]
fn stops_when_validation_no_longer_gets_better() -> Result<(), Box<dyn Error>> {
    // Labels that say nothing can only be learned by heart.
    let mut bags = bags(0, 40);
    for (number, bag) in bags.iter_mut().enumerate() {
        bag.evidence = None;
        bag.label = match number / 2 % 2 {
            0 => BagLabel::Negative,
            _ => BagLabel::Positive(None),
        };
    }
    let mut reports: Vec<EpochReport> = Vec::new();
    let trained = fit(
        &bags,
        &draft()?,
        &config(100, 3),
        EnsembleConfig::ONE_HEAD,
        |_, report| {
            reports.push(report);
        },
    )?;
    assert!(reports.len() < 100, "ran all {} epochs", reports.len());
    let summary = trained.file.training.ok_or("no summary")?;
    assert_eq!(summary.epochs as usize, reports.len());
    let lowest = |reports: &[EpochReport]| {
        reports
            .iter()
            .map(|r| r.validation_loss)
            .fold(f64::INFINITY, f64::min)
    };
    let (before, after) = reports.split_at(reports.len() - 3);
    assert!(lowest(after) >= lowest(before));
    Ok(())
}

#[test]
fn bags_that_do_not_fit_are_named() -> Result<(), Box<dyn Error>> {
    let refused = |change: fn(&mut TrainingBag)| {
        let mut bags = bags(0, 8);
        change(&mut bags[3]);
        let error = fit(
            &bags,
            &draft()?,
            &config(1, 1),
            EnsembleConfig::ONE_HEAD,
            |_, _| (),
        )
        .expect_err("refused");
        assert!(matches!(error, MilError::Training(_)));
        assert!(error.to_string().contains("bag `bag 3`"), "{error}");
        Ok::<_, Box<dyn Error>>(())
    };
    refused(|bag| bag.dimension = 4)?;
    refused(|bag| bag.embeddings.clear())?;
    refused(|bag| bag.evidence = Some(vec![1.0]))?;
    refused(|bag| bag.label = BagLabel::Positive(Some(6)))?;

    let negative = vec![bag(1, BagLabel::Negative); 5];
    let error = fit(
        &negative,
        &draft()?,
        &config(1, 1),
        EnsembleConfig::ONE_HEAD,
        |_, _| (),
    )
    .expect_err("one kind");
    assert!(
        error.to_string().contains("two bags of each answer"),
        "{error}"
    );
    Ok(())
}
