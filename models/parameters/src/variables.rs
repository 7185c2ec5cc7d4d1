use std::collections::HashMap;

use candle_core::{Device, Tensor, Var};
use rand::{Rng, RngExt};

use crate::{Declaration, Initial, Parameters, ParametersError};

/// Parameters in training, in the order of their declarations.
#[derive(Debug)]
pub struct Variables {
    named: Vec<(String, Var)>,
}

/// A copy of all values at one moment, to go back to the best epoch.
#[derive(Debug)]
pub struct Snapshot(Vec<Tensor>);

impl Variables {
    /// Draws every declared parameter's first value.
    pub fn draw(declared: &[Declaration], random: &mut impl Rng) -> Result<Self, ParametersError> {
        let named = declared
            .iter()
            .map(|declaration| {
                let values = first_values(declaration, random);
                let shape = declaration.shape.as_slice();
                let tensor = Tensor::from_vec(values, shape, &Device::Cpu)?;
                Ok((declaration.name.clone(), Var::from_tensor(&tensor)?))
            })
            .collect::<Result<_, candle_core::Error>>()?;
        Ok(Self { named })
    }

    /// The parameters a model is built from; they follow the variables as these are trained.
    pub fn parameters(&self) -> Parameters {
        let tensor = |(name, var): &(String, Var)| (name.clone(), var.as_tensor().clone());
        Parameters::from_tensors(self.named.iter().map(tensor).collect::<HashMap<_, _>>())
    }

    /// The declared ones of these, to write a model without what only its training needed.
    pub fn only(&self, declared: &[Declaration]) -> Self {
        let is_declared = |name: &str| declared.iter().any(|d| d.name == name);
        let kept = self.named.iter().filter(|(name, _)| is_declared(name));
        Self {
            named: kept.cloned().collect(),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Var)> {
        self.named.iter().map(|(name, var)| (name.as_str(), var))
    }

    pub fn n_values(&self) -> usize {
        self.iter().map(|(_, var)| var.elem_count()).sum()
    }

    pub fn snapshot(&self) -> Result<Snapshot, ParametersError> {
        let copies = self.iter().map(|(_, var)| var.as_tensor().copy());
        Ok(Snapshot(copies.collect::<Result<_, _>>()?))
    }

    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), ParametersError> {
        for ((_, var), value) in self.iter().zip(&snapshot.0) {
            var.set(value)?;
        }
        Ok(())
    }
}

impl Snapshot {
    pub(crate) fn of(values: Vec<Tensor>) -> Self {
        Self(values)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Tensor> {
        self.0.iter()
    }
}

fn first_values(declaration: &Declaration, random: &mut impl Rng) -> Vec<f32> {
    let n_values = declaration.shape.iter().product();
    let drawn = |draw: &mut dyn FnMut() -> f32| (0..n_values).map(|_| draw()).collect();
    match declaration.initial {
        Initial::Constant(value) => vec![value; n_values],
        Initial::TruncatedNormal { std } => drawn(&mut || std * truncated_normal(random)),
        Initial::Glorot => {
            let fans: usize = declaration.shape.iter().sum();
            let bound = (6.0 / fans as f32).sqrt();
            drawn(&mut || random.random_range(-bound..bound))
        }
    }
}

/// Standard normal by the polar method (Marsaglia and Bray 1964), drawn again beyond +-2.
fn truncated_normal(random: &mut impl Rng) -> f32 {
    loop {
        let (u, v) = (
            random.random_range(-1.0_f32..1.0),
            random.random_range(-1.0_f32..1.0),
        );
        let s = u * u + v * v;
        if s <= f32::MIN_POSITIVE || s >= 1.0 {
            continue;
        }
        let normal = u * (-2.0 * s.ln() / s).sqrt();
        if normal.abs() <= 2.0 {
            return normal;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Seed, seeded};

    fn declared() -> Vec<Declaration> {
        let mut declared = Declaration::linear("fc", 30, 40).to_vec();
        declared.push(Declaration::new(
            "token",
            &[1, 500],
            Initial::TruncatedNormal { std: 0.02 },
        ));
        declared
    }

    #[test]
    fn equal_seeds_draw_equal_values() -> Result<(), Box<dyn std::error::Error>> {
        let draw = |seed| Variables::draw(&declared(), &mut seeded(Seed(seed), 0));
        let token = |variables: &Variables| -> Result<Vec<f32>, ParametersError> {
            Ok(variables
                .parameters()
                .get("token")?
                .flatten_all()?
                .to_vec1()?)
        };
        let (one, again, other) = (draw(1)?, draw(1)?, draw(2)?);
        assert_eq!(token(&one)?, token(&again)?);
        assert_ne!(token(&one)?, token(&other)?);
        assert!(token(&one)?.iter().all(|value| value.abs() <= 0.04));
        assert_eq!(one.n_values(), 30 * 40 + 40 + 500);
        Ok(())
    }

    #[test]
    fn restores_the_snapshot_and_models_see_it() -> Result<(), Box<dyn std::error::Error>> {
        let variables = Variables::draw(&declared(), &mut seeded(Seed(1), 0))?;
        let seen = variables.parameters().get("fc.bias")?;
        let before = variables.snapshot()?;
        let (_, bias) = variables.iter().nth(1).ok_or("no bias")?;
        bias.set(&Tensor::ones(40, candle_core::DType::F32, &Device::Cpu)?)?;
        assert_eq!(seen.sum_all()?.to_scalar::<f32>()?, 40.0);
        variables.restore(&before)?;
        assert_eq!(seen.sum_all()?.to_scalar::<f32>()?, 0.0);
        Ok(())
    }
}
