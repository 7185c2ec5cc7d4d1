//! Tasks of several heads: what was planted is found in bags none of them has seen, whatever the
//! kind of answer, and an interrupted training goes on to the same bits.

use std::error::Error;

use coverslip_mil::train::{
    BagLabel, ClassWeights, Ensemble, EnsembleConfig, TaskDraft, TrainConfig, TrainedTask,
    TrainingBag,
};
use coverslip_mil::{
    Answers, CovariatePlan, Covariates, DsmilQuery, DsmilValue, Evaluation, HeadConfig, Outcome,
    SlideFacts,
};
use flow::{Abstention, EncoderRef, Mpp, Sha256Digest};
use parameters::{OneCycle, Seed, seeded};
use rand::RngExt;

const DIMENSION: u32 = 6;
const N_INSTANCES: usize = 60;

/// Noise, with `mark` added to one value of every tenth instance.
fn bag(number: u64, (value, mark): (usize, f32), label: BagLabel) -> TrainingBag {
    let mut random = seeded(Seed(number), 5);
    let width = DIMENSION as usize;
    let mut embeddings: Vec<f32> = (0..N_INSTANCES * width)
        .map(|_| random.random_range(-1.0..1.0))
        .collect();
    for at in (0..N_INSTANCES).step_by(10) {
        embeddings[at * width + value] += mark;
    }
    TrainingBag {
        name: format!("bag {number}"),
        embeddings,
        dimension: DIMENSION,
        label,
        covariates: Covariates::default(),
        evidence: None,
    }
}

fn detection() -> Answers {
    Answers::Detection {
        negative: "without".to_owned(),
        positive: "with".to_owned(),
        grade_scale: None,
    }
}

fn detection_bag(number: u64) -> TrainingBag {
    match number % 2 {
        0 => bag(number, (0, 0.0), BagLabel::Negative),
        _ => bag(number, (0, 3.0), BagLabel::Positive(None)),
    }
}

fn classes() -> Answers {
    Answers::Classes {
        names: ["a", "b", "c"].map(str::to_owned).to_vec(),
    }
}

fn class_bag(number: u64) -> TrainingBag {
    let class = (number % 3) as usize;
    bag(number, (class, 3.0), BagLabel::Class(class))
}

fn grades() -> Answers {
    Answers::Grades {
        scale: "planted grade".to_owned(),
        lowest: 0,
        highest: 3,
    }
}

fn grade_bag(number: u64) -> TrainingBag {
    let grade = (number % 4) as u8;
    bag(number, (0, 2.0 * f32::from(grade)), BagLabel::Grade(grade))
}

fn draft(answers: Answers, head: HeadConfig) -> Result<TaskDraft, Box<dyn Error>> {
    Ok(TaskDraft {
        id: "planted".parse()?,
        version: "1.0.0".parse()?,
        encoder: EncoderRef {
            name: "none".to_owned(),
            hash: Sha256Digest::of(b"none"),
        },
        head,
        answers,
        covariates: None,
        intended_use: "tests".to_owned(),
        data: "planted signal in noise".to_owned(),
    })
}

fn config(epochs: u32) -> TrainConfig {
    TrainConfig {
        seed: Seed(3),
        epochs,
        patience: epochs,
        bags_per_step: 4,
        instances_per_bag: 50,
        learning_rate: OneCycle {
            max_rate: 2e-2,
            warm_up: 0.3,
        },
        class_weights: ClassWeights::InverseFrequency,
        ..TrainConfig::default()
    }
}

/// Trains every head of an ensemble; two bags in a row are one patient's.
fn trained(
    bags: &[TrainingBag],
    draft: &TaskDraft,
    config: &TrainConfig,
    ensemble: EnsembleConfig,
) -> Result<TrainedTask, Box<dyn Error>> {
    let groups: Vec<usize> = (0..bags.len()).map(|at| at / 2).collect();
    let ensemble = Ensemble::plan(bags, &groups, draft, config, ensemble)?;
    let mut heads = Vec::new();
    for plan in ensemble.heads() {
        let config = TrainConfig {
            seed: plan.seed,
            ..config.clone()
        };
        let mut training = plan.begin(bags, draft, &config)?;
        while !training.is_finished() {
            training.epoch()?;
        }
        heads.push(training.head()?);
    }
    Ok(TrainedTask::of(
        bags,
        draft,
        &ensemble,
        heads,
        config.epochs,
    )?)
}

fn unseen(
    trained: &TrainedTask,
    make: impl Fn(u64) -> TrainingBag,
) -> Result<Evaluation, Box<dyn Error>> {
    let task = trained.task()?;
    let outcomes = (1000..1060).map(|number| Outcome::of(&task, &make(number)));
    let outcomes: Vec<Outcome> = outcomes.collect::<Result<_, _>>()?;
    for outcome in &outcomes {
        let attention: f32 = outcome.scores.attention.iter().sum();
        assert!((attention - 1.0).abs() < 1e-3, "{attention}");
        assert_eq!(outcome.scores.tile_probability.len(), N_INSTANCES);
    }
    Ok(Evaluation::of(&outcomes))
}

const TWO_FOLDS: EnsembleConfig = EnsembleConfig { folds: 2, seeds: 1 };

fn gated(n_classes: usize) -> HeadConfig {
    HeadConfig::GatedAbmil {
        dimension: DIMENSION,
        hidden: 8,
        attention: 4,
        n_classes,
        highest_grade: None,
    }
}

#[test]
fn a_detection_is_learned_and_every_slide_held_out_once() -> Result<(), Box<dyn Error>> {
    let bags: Vec<TrainingBag> = (0..48).map(detection_bag).collect();
    let draft = draft(detection(), gated(1))?;
    let folds = EnsembleConfig { folds: 3, seeds: 2 };
    let trained = trained(&bags, &draft, &config(15), folds)?;
    assert_eq!((trained.heads.len(), trained.file.heads.len()), (6, 6));
    assert_eq!(trained.file.head_names()[5], "head-6.safetensors");
    let held_out: Vec<usize> = trained.held_out.iter().map(|one| one.bag).collect();
    assert_eq!(held_out, (0..48).collect::<Vec<_>>());
    for pair in trained.held_out.chunks(2) {
        assert_eq!(
            pair[0].fold, pair[1].fold,
            "one patient's slides in two folds"
        );
    }
    let summary = trained.file.training.as_ref().ok_or("a summary")?;
    assert!(summary.validation_auc >= Some(0.97), "{summary:?}");
    let evaluation = unseen(&trained, detection_bag)?;
    assert!(evaluation.auc >= Some(0.97), "{evaluation:?}");
    assert!(evaluation.balanced_accuracy >= Some(0.9), "{evaluation:?}");
    Ok(())
}

#[test]
fn three_classes_are_told_apart_by_every_head() -> Result<(), Box<dyn Error>> {
    let bags: Vec<TrainingBag> = (0..36).map(class_bag).collect();
    let (dimension, hidden, attention, n_classes) = (DIMENSION, 8, 4, 3);
    let heads = [
        gated(n_classes),
        HeadConfig::MeanMlp {
            dimension,
            hidden,
            n_classes,
        },
        HeadConfig::ClamSb {
            dimension,
            hidden,
            attention,
            n_classes,
        },
        HeadConfig::ClamMb {
            dimension,
            hidden,
            attention,
            n_classes,
        },
        HeadConfig::Dsmil {
            dimension,
            query_width: 8,
            query: DsmilQuery::TwoLayer,
            value: DsmilValue::Identity,
            n_classes,
        },
    ];
    for head in heads {
        let trained = trained(&bags, &draft(classes(), head)?, &config(20), TWO_FOLDS)?;
        let evaluation = unseen(&trained, class_bag)?;
        assert!(
            evaluation.balanced_accuracy >= Some(0.9),
            "{head:?}: {evaluation:?}"
        );
        assert_eq!(evaluation.auc, None);
        for one in &trained.held_out {
            assert!((one.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }
    Ok(())
}

#[test]
fn grades_are_learned_in_their_order() -> Result<(), Box<dyn Error>> {
    let bags: Vec<TrainingBag> = (0..64).map(grade_bag).collect();
    let trained = trained(&bags, &draft(grades(), gated(1))?, &config(40), TWO_FOLDS)?;
    let evaluation = unseen(&trained, grade_bag)?;
    assert!(evaluation.grade_kappa >= Some(0.8), "{evaluation:?}");
    let scores = trained
        .task()?
        .score(&grade_bag(1003).embeddings, DIMENSION)?;
    let grade = scores.grade.ok_or("a grade")?;
    assert_eq!(grade.exceedance.len(), 3);
    assert!(grade.exceedance.is_sorted_by(|a, b| a >= b), "{grade:?}");
    assert_eq!(scores.call.is_positive, grade.value > 0);
    Ok(())
}

#[test]
fn covariates_say_what_the_slide_does_not() -> Result<(), Box<dyn Error>> {
    // The bags are noise; age tells the answer where it is known.
    let make = |number: u64| {
        let mut bag = detection_bag(2 * number);
        let is_positive = !number.is_multiple_of(2);
        let age = if is_positive { 70.0 } else { 50.0 } + (number % 7) as f64;
        if is_positive {
            bag.label = BagLabel::Positive(None);
        }
        bag.covariates.numeric = vec![(!number.is_multiple_of(9)).then_some(age)];
        bag
    };
    let bags: Vec<TrainingBag> = (0..60).map(make).collect();
    let mut draft = draft(detection(), gated(1))?;
    draft.covariates = Some(CovariatePlan {
        numeric: vec!["age".to_owned()],
        ..CovariatePlan::default()
    });
    let trained = trained(&bags, &draft, &config(30), TWO_FOLDS)?;
    let task = trained.task()?;
    let outcomes = (1000..1060).map(|number| Outcome::of(&task, &make(number)));
    let evaluation = Evaluation::of(&outcomes.collect::<Result<Vec<_>, _>>()?);
    assert!(evaluation.auc >= Some(0.9), "{evaluation:?}");

    let bag = make(1001);
    let unknown = task.score(&bag.embeddings, DIMENSION)?;
    let known = task.score_knowing(&bag.embeddings, DIMENSION, &bag.covariates)?;
    assert!(known.probability > unknown.probability);
    let facts = |covariates| SlideFacts {
        scanner: None,
        mpp: Mpp::new(0.5).expect("an mpp"),
        n_instances: N_INSTANCES as u64,
        covariates,
    };
    let reason = |slide: SlideFacts, scores| task.abstention(&slide, &bag.embeddings, scores);
    let missing = Abstention::CovariatesUnknown {
        covariates: vec!["age (a number)".to_owned()],
    };
    let nothing = Covariates {
        numeric: vec![None],
        categorical: Vec::new(),
    };
    assert_eq!(reason(facts(nothing), &unknown), Some(missing.clone()));
    assert_ne!(reason(facts(bag.covariates.clone()), &known), Some(missing));
    let none = Covariates::default();
    let refused = task.score_knowing(&bag.embeddings, DIMENSION, &none);
    assert!(refused.is_err());
    Ok(())
}

#[test]
fn an_interrupted_head_goes_on_to_the_same_bits() -> Result<(), Box<dyn Error>> {
    let bags: Vec<TrainingBag> = (0..24).map(detection_bag).collect();
    let draft = draft(detection(), gated(1))?;
    let groups: Vec<usize> = (0..bags.len()).collect();
    let config = config(6);
    let ensemble = Ensemble::plan(&bags, &groups, &draft, &config, TWO_FOLDS)?;
    let plan = &ensemble.heads()[0];
    let mut unbroken = plan.begin(&bags, &draft, &config)?;
    let mut states = Vec::new();
    while !unbroken.is_finished() {
        unbroken.epoch()?;
        states.push(unbroken.state()?);
    }
    let head = unbroken.head()?;
    for state in &states {
        let mut resumed = plan.begin(&bags, &draft, &config)?;
        resumed.resume(state)?;
        while !resumed.is_finished() {
            resumed.epoch()?;
        }
        assert_eq!(resumed.reports(), unbroken.reports());
        assert_eq!(resumed.head()?, head);
    }
    let mut other = plan.begin(&bags, &draft, &config)?;
    assert!(other.resume(&states[0][..100]).is_err());
    Ok(())
}

#[test]
fn too_few_slides_of_an_answer_are_named() -> Result<(), Box<dyn Error>> {
    let mut bags: Vec<TrainingBag> = (0..12).map(|number| detection_bag(2 * number)).collect();
    bags[0].label = BagLabel::Positive(None);
    bags[1].label = BagLabel::Positive(None);
    let draft = draft(detection(), gated(1))?;
    // Both positive slides are one patient's.
    let groups: Vec<usize> = (0..bags.len()).map(|at| at / 2).collect();
    let refused = Ensemble::plan(&bags, &groups, &draft, &config(1), TWO_FOLDS);
    let text = refused.expect_err("refused").to_string();
    assert!(text.contains("`with`") && text.contains("fold"), "{text}");
    Ok(())
}
