//! A head learns to find the one odd tile, to look at it, and to grade it.

use std::error::Error;

use candle_core::Tensor;
use mil::{
    Head, HeadConfig, Label, LabelledBag, LossWeights, MilError, TrainingConfig, quadratic_kappa,
    train,
};
use parameters::{AdamWConfig, OneCycle, Seed, seeded};
use rand::RngExt;

const DIMENSION: usize = 8;
const N_GRADES: u8 = 3;
const HEAD: HeadConfig = HeadConfig {
    inputs: DIMENSION,
    hidden: 16,
    attention: 8,
    grades: Some(N_GRADES as usize),
};

/// Noise; in a positive bag one tile stands out along the first axis, by its grade along the second.
fn bag(seed: u64) -> Result<(LabelledBag, Option<usize>), MilError> {
    let mut random = seeded(Seed(seed), 9);
    let n_instances = random.random_range(20..60);
    let mut values: Vec<f32> = (0..n_instances * DIMENSION)
        .map(|_| random.random_range(-1.0..1.0))
        .collect();
    let grade = (seed % u64::from(N_GRADES)) as u8 + 1;
    let odd = seed
        .is_multiple_of(2)
        .then(|| random.random_range(0..n_instances));
    if let Some(odd) = odd {
        values[odd * DIMENSION] = 3.0;
        values[odd * DIMENSION + 1] = f32::from(grade) * 2.0 - 4.0;
    }
    let label = match odd {
        Some(_) => Label::Positive { grade: Some(grade) },
        None => Label::Negative,
    };
    Ok((LabelledBag::new(&values, DIMENSION, label)?, odd))
}

fn config() -> TrainingConfig {
    TrainingConfig {
        seed: Seed(1),
        epochs: 60,
        bags_per_step: 4,
        max_instances: 50,
        schedule: OneCycle {
            max_rate: 5e-3,
            warm_up: 0.2,
        },
        optimiser: AdamWConfig::default(),
        clip_norm: 5.0,
        patience: 60,
        loss: LossWeights {
            grade: 1.0,
            tile: 0.0,
            attention: 0.0,
        },
    }
}

#[test]
fn finds_looks_and_grades_from_slide_labels_alone() -> Result<(), Box<dyn Error>> {
    let of = |seeds: std::ops::Range<u64>| seeds.map(bag).collect::<Result<Vec<_>, _>>();
    let bags = |pairs: Vec<(LabelledBag, Option<usize>)>| -> Vec<LabelledBag> {
        pairs.into_iter().map(|(bag, _)| bag).collect()
    };
    let mut epochs = 0;
    let trained = train(
        HEAD,
        &bags(of(0..120)?),
        &bags(of(500..540)?),
        &config(),
        &mut |_| epochs += 1,
    )?;
    assert!(epochs > 10);
    assert!(
        trained.best.validation_auc.is_some_and(|auc| auc > 0.95),
        "{:?}",
        trained.best
    );

    let head = Head::new(HEAD, &trained.variables.parameters())?;
    let (mut n_seen, mut n_positive, mut grades) = (0, 0, Vec::new());
    for (bag, odd) in of(1000..1060)? {
        let Some(odd) = odd else { continue };
        let output = head.forward(&bag.embeddings)?;
        n_positive += 1;
        let hottest = output.attention.argmax(0)?.to_scalar::<u32>()?;
        n_seen += usize::from(hottest as usize == odd);
        let above = output.grade_logits.ok_or("grades")?.to_vec1::<f32>()?;
        let graded = above.iter().filter(|&&logit| logit > 0.0).count() as u8;
        grades.push((graded, bag.label.grade().ok_or("a grade")? - 1));
    }
    assert!(
        n_seen * 10 >= n_positive * 9,
        "looked at {n_seen} of {n_positive}"
    );
    let kappa = quadratic_kappa(&grades, N_GRADES).ok_or("several grades")?;
    assert!(kappa > 0.8, "{kappa}");
    Ok(())
}

#[test]
fn equal_seeds_give_equal_heads() -> Result<(), Box<dyn Error>> {
    let bags: Vec<LabelledBag> = (0..12)
        .map(|seed| bag(seed).map(|(bag, _)| bag))
        .collect::<Result<_, _>>()?;
    let short = TrainingConfig {
        epochs: 3,
        ..config()
    };
    let weights = || -> Result<Tensor, Box<dyn Error>> {
        let trained = train(HEAD, &bags, &bags, &short, &mut |_| ())?;
        Ok(trained.variables.parameters().get("reduce.weight")?)
    };
    let difference = (weights()? - weights()?)?
        .abs()?
        .max_all()?
        .to_scalar::<f32>()?;
    assert_eq!(difference, 0.0);
    Ok(())
}

#[test]
fn one_class_is_not_enough() -> Result<(), Box<dyn Error>> {
    let bags = vec![bag(1)?.0, bag(3)?.0];
    let error = train(HEAD, &bags, &bags, &config(), &mut |_| ()).expect_err("one class");
    assert!(error.to_string().contains("0 of 2"), "{error}");
    Ok(())
}
