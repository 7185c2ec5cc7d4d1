//! The gradient of every parameter against the slope of the loss itself, for every kind of answer.

use std::error::Error;

use candle_core::{Tensor, Var};
use parameters::{AdamWConfig, Gradients, OneCycle, Seed, Variables, seeded};

use super::objective::Objective;
use super::sampling::whole;
use super::{BagLabel, ClassWeights, Clustering, Dropout, TrainConfig, TrainingBag};
use crate::model::ModelShape;
use crate::{
    Answers, Categorical, CovariatePlan, Covariates, DsmilQuery, DsmilValue, GradeScale, HeadConfig,
};

const STEP: f32 = 2e-3;
const DIMENSION: u32 = 4;

pub(crate) fn config() -> TrainConfig {
    TrainConfig {
        seed: Seed(0),
        epochs: 1,
        patience: 1,
        bags_per_step: 1,
        instances_per_bag: 10,
        validation_share: 0.5,
        learning_rate: OneCycle {
            max_rate: 1.0,
            warm_up: 0.5,
        },
        optimiser: AdamWConfig::default(),
        clip_norm: 1.0,
        grade_weight: 0.7,
        evidence_weight: 0.6,
        class_weights: ClassWeights::Even,
        dropout: Dropout::default(),
        clustering: Clustering {
            instances: 2,
            weight: 0.3,
        },
    }
}

fn bag(label: BagLabel, covariates: Covariates) -> TrainingBag {
    TrainingBag {
        name: "waves".to_owned(),
        embeddings: (0..24).map(|at| (at as f32 * 1.7).sin()).collect(),
        dimension: DIMENSION,
        label,
        covariates,
        evidence: None,
    }
}

fn detection(highest: Option<u8>) -> Answers {
    Answers::Detection {
        negative: "without".to_owned(),
        positive: "with".to_owned(),
        grade_scale: highest.map(|highest| GradeScale {
            name: "grade".to_owned(),
            highest,
        }),
    }
}

fn classes() -> Answers {
    Answers::Classes {
        names: ["a", "b", "c"].map(str::to_owned).to_vec(),
    }
}

fn grades() -> Answers {
    Answers::Grades {
        scale: "grade".to_owned(),
        lowest: 0,
        highest: 4,
    }
}

/// A loss of the bag under the variables.
fn loss(
    variables: &Variables,
    shape: ModelShape<'_>,
    bag: &TrainingBag,
) -> Result<Tensor, Box<dyn Error>> {
    let config = config();
    let weights = vec![1.7; shape.answers.n_answers()];
    let objective = Objective::new(shape, &config, &variables.parameters(), weights)?;
    Ok(objective.loss(&whole(bag)?, bag)?.0)
}

/// Parameters that a loss need not move: a softmax does not see what is added to every score, and
/// nothing moves what covariates are standardised by.
fn may_rest(name: &str) -> bool {
    name == "attention_w.bias" || ["covariates.mean", "covariates.deviation"].contains(&name)
}

fn assert_gradients(shape: ModelShape<'_>, bag: &TrainingBag) -> Result<(), Box<dyn Error>> {
    shape.check()?;
    let declared = Objective::declarations(shape);
    let variables = Variables::draw(&declared, &mut seeded(Seed(4), 0))?;
    scatter(&variables)?;
    let gradients = loss(&variables, shape, bag)?.backward()?;
    let gradients = Gradients::of(&variables, &gradients)?;
    for ((name, var), gradient) in variables.iter().zip(gradients.iter()) {
        if name.starts_with("covariates.") && may_rest(name) {
            continue;
        }
        let gradient = gradient.flatten_all()?.to_vec1::<f32>()?;
        for (at, &found) in gradient.iter().enumerate() {
            let above = loss_moved(&variables, (var, at, STEP), shape, bag)?;
            let below = loss_moved(&variables, (var, at, -STEP), shape, bag)?;
            let slope = (above - below) / (2.0 * f64::from(STEP));
            let difference = (slope - f64::from(found)).abs();
            assert!(
                difference < 2e-3 + 0.02 * slope.abs(),
                "{shape:?} {name}[{at}]: {found}, slope {slope}"
            );
        }
        assert!(
            may_rest(name) || gradient.iter().any(|value| value.abs() > 1e-6),
            "{shape:?} {name} has no gradient"
        );
    }
    Ok(())
}

/// Parameters that start at 0 would hide those before them.
fn scatter(variables: &Variables) -> Result<(), Box<dyn Error>> {
    for (name, var) in variables.iter() {
        if name.starts_with("covariates.last") || name.starts_with("covariates.hidden") {
            let values = (0..var.elem_count()).map(|at| 0.4 * (at as f32 * 2.3 + 0.5).cos());
            let values = Tensor::from_iter(values, var.device())?.reshape(var.shape())?;
            var.set(&values)?;
        }
    }
    Ok(())
}

/// The loss with one value of one parameter moved.
fn loss_moved(
    variables: &Variables,
    (var, at, by): (&Var, usize, f32),
    shape: ModelShape<'_>,
    bag: &TrainingBag,
) -> Result<f64, Box<dyn Error>> {
    let before = var.as_tensor().copy()?;
    let mut values = before.flatten_all()?.to_vec1::<f32>()?;
    values[at] += by;
    var.set(&Tensor::from_vec(values, before.shape(), before.device())?)?;
    let loss = loss(variables, shape, bag)?.to_scalar::<f32>()?;
    var.set(&before)?;
    Ok(f64::from(loss))
}

/// Every head with so many logits.
fn heads(n_classes: usize) -> Vec<HeadConfig> {
    let (dimension, hidden, attention) = (DIMENSION, 5, 3);
    vec![
        HeadConfig::MeanPool {
            dimension,
            n_classes,
        },
        HeadConfig::MaxPool {
            dimension,
            n_classes,
        },
        HeadConfig::GatedAbmil {
            dimension,
            hidden,
            attention,
            n_classes,
            highest_grade: None,
        },
        HeadConfig::PlainAbmil {
            dimension,
            hidden,
            attention,
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
            query_width: 6,
            query: DsmilQuery::TwoLayer,
            value: DsmilValue::Identity,
            n_classes,
        },
    ]
}

#[test]
fn of_a_graded_detection_with_evidence() -> Result<(), Box<dyn Error>> {
    let (answers, mut bag) = (
        detection(Some(4)),
        bag(BagLabel::Positive(Some(2)), Covariates::default()),
    );
    bag.evidence = Some(vec![0.0, 1.0, 0.3, 0.0, 0.8, 0.0]);
    let head = HeadConfig::GatedAbmil {
        dimension: DIMENSION,
        hidden: 5,
        attention: 3,
        n_classes: 1,
        highest_grade: Some(4),
    };
    let shape = ModelShape {
        head: &head,
        answers: &answers,
        covariates: None,
    };
    assert_eq!(Objective::declarations(shape).len(), 13);
    assert_gradients(shape, &bag)
}

#[test]
fn of_every_head_and_answer() -> Result<(), Box<dyn Error>> {
    let kinds = [
        (detection(None), BagLabel::Positive(None)),
        (classes(), BagLabel::Class(1)),
        (grades(), BagLabel::Grade(2)),
    ];
    for (answers, label) in &kinds {
        let bag = bag(*label, Covariates::default());
        for head in &heads(answers.n_logits()) {
            let shape = ModelShape {
                head,
                answers,
                covariates: None,
            };
            // A detection teaches the instance classifier of its own answer only; the other one
            // rests, as CLAM leaves it.
            let of_clam = matches!(head, HeadConfig::ClamSb { .. } | HeadConfig::ClamMb { .. });
            if of_clam && !matches!(answers, Answers::Classes { .. }) {
                continue;
            }
            assert_gradients(shape, &bag)?;
        }
    }
    Ok(())
}

#[test]
fn of_covariates_with_and_without_a_hidden_layer() -> Result<(), Box<dyn Error>> {
    let covariates = Covariates {
        numeric: vec![Some(1.3), None],
        categorical: vec![Some("m".to_owned())],
    };
    for (hidden, answers, label) in [
        (None, classes(), BagLabel::Class(2)),
        (Some(3), classes(), BagLabel::Class(0)),
        (None, grades(), BagLabel::Grade(4)),
        (Some(3), detection(None), BagLabel::Negative),
    ] {
        let plan = CovariatePlan {
            numeric: vec!["age".to_owned(), "psa".to_owned()],
            categorical: vec![Categorical {
                name: "sex".to_owned(),
                levels: vec!["f".to_owned(), "m".to_owned()],
            }],
            hidden,
        };
        let head = HeadConfig::MeanPool {
            dimension: DIMENSION,
            n_classes: answers.n_logits(),
        };
        let shape = ModelShape {
            head: &head,
            answers: &answers,
            covariates: Some(&plan),
        };
        assert_gradients(shape, &bag(label, covariates.clone()))?;
    }
    Ok(())
}
