//! Every parameter gets the gradient that finite differences give. (candle's fast softmax and layer
//! norm silently give none.)

use std::error::Error;

use candle_core::{Device, Tensor};
use mil::{Head, HeadConfig};
use parameters::{Seed, Variables, seeded};

const CONFIG: HeadConfig = HeadConfig {
    inputs: 6,
    hidden: 5,
    attention: 3,
    grades: Some(4),
};

fn loss(variables: &Variables, bag: &Tensor) -> Result<Tensor, Box<dyn Error>> {
    let output = Head::new(CONFIG, &variables.parameters())?.forward(bag)?;
    let grades = output.grade_logits.ok_or("the head grades")?;
    let tiles = output.tile_logits.sqr()?.mean_all()?;
    let attention = output.attention.sqr()?.sum_all()?;
    let parts = [
        output.logit.sqr()?.sum_all()?,
        grades.sqr()?.sum_all()?,
        tiles,
        attention,
    ];
    Ok(Tensor::stack(&parts, 0)?.sum_all()?)
}

#[test]
fn equal_finite_differences() -> Result<(), Box<dyn Error>> {
    let declared = Head::declarations(&CONFIG);
    let variables = Variables::draw(&declared, &mut seeded(Seed(3), 0))?;
    let values: Vec<f32> = (0..4 * 6).map(|n| (n as f32 * 1.7).sin()).collect();
    let bag = Tensor::from_vec(values, (4, 6), &Device::Cpu)?;
    let gradients = loss(&variables, &bag)?.backward()?;
    for (name, variable) in variables.iter() {
        let gradient = gradients
            .get(variable.as_tensor())
            .ok_or(format!("{name} has none"))?;
        let gradient = gradient.flatten_all()?.to_vec1::<f32>()?;
        // The attention's last bias shifts all scores alike, which softmax does not see.
        let counts = name != "attention.weights.bias";
        let largest = gradient.iter().map(|g| g.abs()).fold(0.0, f32::max);
        assert!(!counts || largest > 1e-4, "{name}: the gradient is zero");
        let start = variable.as_tensor().copy()?;
        let flat = start.flatten_all()?.to_vec1::<f32>()?;
        for position in 0..flat.len() {
            let at = |step: f32| -> Result<f32, Box<dyn Error>> {
                let mut moved = flat.clone();
                moved[position] += step;
                variable.set(&Tensor::from_vec(moved, start.shape(), &Device::Cpu)?)?;
                Ok(loss(&variables, &bag)?.to_scalar::<f32>()?)
            };
            let difference = (at(2e-3)? - at(-2e-3)?) / 4e-3;
            variable.set(&start)?;
            let error = (difference - gradient[position]).abs();
            assert!(
                error <= 0.02 * largest + 2e-3,
                "{name}[{position}]: {difference}"
            );
        }
    }
    Ok(())
}
