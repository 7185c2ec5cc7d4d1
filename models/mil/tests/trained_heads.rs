//! Every head a task can have is trained, written, read back and scores.

use std::error::Error;

use coverslip_mil::train::{
    BagLabel, ClassWeights, Clustering, Dropout, EnsembleConfig, TaskDraft, TrainConfig,
    TrainingBag, fit,
};
use coverslip_mil::{
    Answers, Covariates, DsmilQuery, DsmilValue, Evaluation, HeadConfig, MilError, Outcome, Task,
};
use flow::{EncoderRef, Sha256Digest};
use parameters::{AdamWConfig, OneCycle, Seed, seeded};
use rand::RngExt;

const DIMENSION: u32 = 6;
const N_INSTANCES: usize = 60;

/// Noise; in a positive bag every fifth instance has a high first value.
fn bag(number: u64) -> TrainingBag {
    let mut random = seeded(Seed(number), 5);
    let width = DIMENSION as usize;
    let mut embeddings: Vec<f32> = (0..N_INSTANCES * width)
        .map(|_| random.random_range(-1.0..1.0))
        .collect();
    let is_positive = !number.is_multiple_of(2);
    let planted = |at: usize| is_positive && at.is_multiple_of(5);
    for at in (0..N_INSTANCES).filter(|&at| planted(at)) {
        embeddings[at * width] = 2.0;
    }
    let evidence = (0..N_INSTANCES).map(|at| f32::from(u8::from(planted(at))));
    TrainingBag {
        name: format!("bag {number}"),
        embeddings,
        dimension: DIMENSION,
        label: match is_positive {
            true => BagLabel::Positive(None),
            false => BagLabel::Negative,
        },
        covariates: Covariates::default(),
        evidence: Some(evidence.collect()),
    }
}

fn draft(head: HeadConfig) -> Result<TaskDraft, Box<dyn Error>> {
    Ok(TaskDraft {
        id: "planted".parse()?,
        version: "1.0.0".parse()?,
        encoder: EncoderRef {
            name: "none".to_owned(),
            hash: Sha256Digest::of(b"none"),
        },
        head,
        answers: Answers::Detection {
            negative: "without".to_owned(),
            positive: "with".to_owned(),
            grade_scale: None,
        },
        covariates: None,
        intended_use: "tests".to_owned(),
        data: "planted signal in noise".to_owned(),
    })
}

fn config() -> TrainConfig {
    TrainConfig {
        seed: Seed(3),
        epochs: 40,
        patience: 40,
        bags_per_step: 4,
        instances_per_bag: 50,
        validation_share: 0.2,
        learning_rate: OneCycle {
            max_rate: 2e-2,
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

/// Learns, and scores bags it has not seen.
fn assert_learns(head: HeadConfig) -> Result<Evaluation, Box<dyn Error>> {
    let bags: Vec<TrainingBag> = (0..60).map(bag).collect();
    let trained = fit(
        &bags,
        &draft(head)?,
        &config(),
        EnsembleConfig::ONE_HEAD,
        |_, _| (),
    )?;
    let task = Task::load(&trained.task_json()?, &trained.heads)?;
    let unseen: Vec<Outcome> = (1000..1040)
        .map(|number| Outcome::of(&task, &bag(number)))
        .collect::<Result<_, _>>()?;
    for outcome in &unseen {
        assert_eq!(outcome.scores.tile_probability.len(), N_INSTANCES);
        let sum: f32 = outcome.scores.attention.iter().sum();
        assert!((sum - 1.0).abs() < 1e-4, "{head:?}: {sum}");
    }
    let evaluation = Evaluation::of(&unseen);
    assert!(evaluation.auc >= Some(0.99), "{head:?}: {evaluation:?}");
    Ok(evaluation)
}

#[test]
fn pools_learn() -> Result<(), Box<dyn Error>> {
    for n_classes in [1, 2] {
        assert_learns(HeadConfig::MeanPool {
            dimension: DIMENSION,
            n_classes,
        })?;
        assert_learns(HeadConfig::MaxPool {
            dimension: DIMENSION,
            n_classes,
        })?;
        assert_learns(HeadConfig::MeanMlp {
            dimension: DIMENSION,
            hidden: 8,
            n_classes,
        })?;
    }
    Ok(())
}

#[test]
fn attention_learns() -> Result<(), Box<dyn Error>> {
    let (dimension, hidden, attention) = (DIMENSION, 8, 4);
    for n_classes in [1, 2] {
        assert_learns(HeadConfig::PlainAbmil {
            dimension,
            hidden,
            attention,
            n_classes,
        })?;
        assert_learns(HeadConfig::ClamSb {
            dimension,
            hidden,
            attention,
            n_classes,
        })?;
        assert_learns(HeadConfig::ClamMb {
            dimension,
            hidden,
            attention,
            n_classes,
        })?;
    }
    Ok(())
}

#[test]
fn dsmil_learns_and_finds_the_evidence() -> Result<(), Box<dyn Error>> {
    for n_classes in [1, 2] {
        let evaluation = assert_learns(HeadConfig::Dsmil {
            dimension: DIMENSION,
            query_width: 8,
            query: DsmilQuery::TwoLayer,
            value: DsmilValue::Identity,
            n_classes,
        })?;
        assert_eq!(evaluation.hottest_in_evidence.1, 20);
    }
    Ok(())
}

#[test]
fn trans_mil_learns_and_scores_every_tile() -> Result<(), Box<dyn Error>> {
    assert_learns(HeadConfig::TransMil {
        dimension: DIMENSION,
        hidden: 8,
        heads: 2,
        landmarks: 4,
        n_classes: 1,
    })?;
    Ok(())
}

#[test]
fn heads_that_cannot_answer_a_task_are_refused() -> Result<(), Box<dyn Error>> {
    let bags: Vec<TrainingBag> = (0..8).map(bag).collect();
    let refused = |head| -> Result<String, Box<dyn Error>> {
        let error = fit(
            &bags,
            &draft(head)?,
            &config(),
            EnsembleConfig::ONE_HEAD,
            |_, _| (),
        )
        .expect_err("refused");
        assert!(matches!(error, MilError::Config(_)), "{error}");
        Ok(error.to_string())
    };
    let text = refused(HeadConfig::MeanPool {
        dimension: DIMENSION,
        n_classes: 3,
    })?;
    assert!(text.contains("3 classes"), "{text}");
    Ok(())
}
