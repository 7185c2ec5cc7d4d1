//! The gradient of every parameter of every head against the slope of a loss.

use std::error::Error;

use candle_core::{Device, Tensor, Var};
use parameters::{Gradients, Seed, Variables, seeded};

use super::{DsmilQuery, DsmilValue, Head, HeadConfig};

const DIMENSION: u32 = 4;
const N_INSTANCES: usize = 6;
const CLASSES: usize = 2;
const STEP: f32 = 2e-3;
/// Of one parameter, evenly spread.
const MOST_VALUES: usize = 12;

/// A loss that every logit changes.
fn loss(config: &HeadConfig, variables: &Variables) -> Result<Tensor, Box<dyn Error>> {
    let width = DIMENSION as usize;
    let values = (0..N_INSTANCES * width).map(|at| (at as f32 * 1.7).sin());
    let bag = Tensor::from_iter(values, &Device::Cpu)?.reshape((N_INSTANCES, width))?;
    let output = Head::new(config, &variables.parameters())?.forward(&bag)?;
    let n_classes = output.logits.dim(0)?;
    let weights = (0..n_classes).map(|class| class as f32 - 1.5);
    let weights = Tensor::from_iter(weights, &Device::Cpu)?;
    let of_bag = (output.logits * weights)?.sum_all()?;
    match output.instance_logits {
        Some(logits) => Ok((of_bag + (logits - 0.3)?.sqr()?.mean_all()?)?),
        None => Ok(of_bag),
    }
}

/// The loss with one value of one parameter moved by `by`.
fn loss_moved(
    config: &HeadConfig,
    variables: &Variables,
    (var, at): (&Var, usize),
    by: f32,
) -> Result<f64, Box<dyn Error>> {
    let before = var.as_tensor().copy()?;
    let mut values = before.flatten_all()?.to_vec1::<f32>()?;
    values[at] += by;
    var.set(&Tensor::from_vec(values, before.shape(), before.device())?)?;
    let loss = loss(config, variables)?.to_scalar::<f32>()?;
    var.set(&before)?;
    Ok(f64::from(loss))
}

fn assert_gradients(config: HeadConfig) -> Result<(), Box<dyn Error>> {
    let variables = Variables::draw(&config.declarations(), &mut seeded(Seed(4), 0))?;
    let gradients = Gradients::of(&variables, &loss(&config, &variables)?.backward()?)?;
    for ((name, var), gradient) in variables.iter().zip(gradients.iter()) {
        let gradient = gradient.flatten_all()?.to_vec1::<f32>()?;
        let stride = gradient.len().div_ceil(MOST_VALUES);
        for (at, &found) in gradient.iter().enumerate().step_by(stride) {
            let above = loss_moved(&config, &variables, (var, at), STEP)?;
            let below = loss_moved(&config, &variables, (var, at), -STEP)?;
            let slope = (above - below) / (2.0 * f64::from(STEP));
            let difference = (slope - f64::from(found)).abs();
            assert!(
                difference < 2e-3 + 0.02 * slope.abs(),
                "{config:?} {name}[{at}]: {found}, slope {slope}"
            );
        }
        // A softmax does not see what is added to every score.
        if name != "attention_w.bias" {
            assert!(
                gradient.iter().any(|value| value.abs() > 1e-5),
                "{config:?} {name} has no gradient"
            );
        }
    }
    Ok(())
}

#[test]
fn of_the_pools() -> Result<(), Box<dyn Error>> {
    let (dimension, n_classes) = (DIMENSION, CLASSES);
    assert_gradients(HeadConfig::MeanPool {
        dimension,
        n_classes,
    })?;
    assert_gradients(HeadConfig::MaxPool {
        dimension,
        n_classes,
    })?;
    assert_gradients(HeadConfig::MeanMlp {
        dimension,
        hidden: 5,
        n_classes,
    })
}

#[test]
fn of_the_attention_heads() -> Result<(), Box<dyn Error>> {
    let (dimension, hidden, attention, n_classes) = (DIMENSION, 5, 3, CLASSES);
    assert_gradients(HeadConfig::GatedAbmil {
        dimension,
        hidden,
        attention,
        n_classes,
        highest_grade: None,
    })?;
    assert_gradients(HeadConfig::PlainAbmil {
        dimension,
        hidden,
        attention,
        n_classes,
    })?;
    assert_gradients(HeadConfig::ClamSb {
        dimension,
        hidden,
        attention,
        n_classes,
    })?;
    assert_gradients(HeadConfig::ClamMb {
        dimension,
        hidden,
        attention,
        n_classes,
    })
}

#[test]
fn of_every_form_of_dsmil() -> Result<(), Box<dyn Error>> {
    let forms = [
        (DsmilQuery::Linear, DsmilValue::Linear),
        (DsmilQuery::TwoLayer, DsmilValue::Identity),
        (DsmilQuery::TwoLayer, DsmilValue::LinearRelu),
    ];
    for (query, value) in forms {
        assert_gradients(HeadConfig::Dsmil {
            dimension: DIMENSION,
            query_width: 6,
            query,
            value,
            n_classes: CLASSES,
        })?;
    }
    Ok(())
}

#[test]
fn of_trans_mil() -> Result<(), Box<dyn Error>> {
    assert_gradients(HeadConfig::TransMil {
        dimension: DIMENSION,
        hidden: 8,
        heads: 2,
        landmarks: 3,
        n_classes: CLASSES,
    })
}
