//! The gradient of every parameter against the slope of the loss itself.

use std::error::Error;

use candle_core::{Tensor, Var};
use parameters::{AdamWConfig, Gradients, OneCycle, Seed, Variables, seeded};

use super::losses::bag_loss;
use super::sampling::whole;
use super::{BagLabel, TrainConfig, TrainingBag};
use crate::HeadConfig;
use crate::head::Abmil;

const HEAD: HeadConfig = HeadConfig::GatedAbmil {
    dimension: 4,
    hidden: 5,
    attention: 3,
    highest_grade: Some(4),
};
const STEP: f32 = 1e-2;

fn config() -> TrainConfig {
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
    }
}

fn bag() -> TrainingBag {
    TrainingBag {
        name: "waves".to_owned(),
        embeddings: (0..24).map(|at| (at as f32 * 1.7).sin()).collect(),
        dimension: 4,
        label: BagLabel::Positive(Some(2)),
        evidence: Some(vec![0.0, 1.0, 0.3, 0.0, 0.8, 0.0]),
    }
}

fn loss(variables: &Variables) -> Result<Tensor, Box<dyn Error>> {
    let (bag, head) = (bag(), Abmil::new(&HEAD, &variables.parameters())?);
    Ok(bag_loss(&head, &whole(&bag)?, bag.label, &config())?)
}

/// The loss with one value of one parameter moved by `by`.
fn loss_moved(variables: &Variables, var: &Var, at: usize, by: f32) -> Result<f64, Box<dyn Error>> {
    let before = var.as_tensor().copy()?;
    let mut values = before.flatten_all()?.to_vec1::<f32>()?;
    values[at] += by;
    var.set(&Tensor::from_vec(values, before.shape(), before.device())?)?;
    let loss = loss(variables)?.to_scalar::<f32>()?;
    var.set(&before)?;
    Ok(f64::from(loss))
}

#[test]
fn every_gradient_is_the_slope_of_the_loss() -> Result<(), Box<dyn Error>> {
    let declared = HEAD.declarations();
    let variables = Variables::draw(&declared, &mut seeded(Seed(4), 0))?;
    let gradients = Gradients::of(&variables, &loss(&variables)?.backward()?)?;
    assert_eq!(declared.len(), 13);
    for ((name, var), gradient) in variables.iter().zip(gradients.iter()) {
        let gradient = gradient.flatten_all()?.to_vec1::<f32>()?;
        for (at, &found) in gradient.iter().enumerate() {
            let above = loss_moved(&variables, var, at, STEP)?;
            let below = loss_moved(&variables, var, at, -STEP)?;
            let slope = (above - below) / (2.0 * f64::from(STEP));
            let difference = (slope - f64::from(found)).abs();
            assert!(
                difference < 2e-3 + 0.02 * slope.abs(),
                "{name}[{at}]: {found}, slope {slope}"
            );
        }
        // A softmax does not see what is added to every score.
        if name != "attention_w.bias" {
            assert!(
                gradient.iter().any(|value| value.abs() > 1e-5),
                "{name} has no gradient"
            );
        }
    }
    Ok(())
}
