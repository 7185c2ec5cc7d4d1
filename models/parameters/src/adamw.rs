use candle_core::Tensor;
use serde::{Deserialize, Serialize};

use crate::{Gradients, ParametersError, Variables};

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
///
/// Biases, norms, tokens and other parameters of fewer than two real dimensions are not decayed.
#[derive(Debug)]
pub struct AdamW {
    config: AdamWConfig,
    step: i32,
    moments: Vec<Moments>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdamWConfig {
    pub weight_decay: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub epsilon: f64,
}

impl Default for AdamWConfig {
    fn default() -> Self {
        Self {
            weight_decay: 0.01,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
        }
    }
}

#[derive(Debug)]
struct Moments {
    first: Tensor,
    second: Tensor,
}

impl AdamW {
    pub fn new(variables: &Variables, config: AdamWConfig) -> Result<Self, ParametersError> {
        let moments = variables
            .iter()
            .map(|(_, var)| {
                Ok(Moments {
                    first: var.as_tensor().zeros_like()?.detach(),
                    second: var.as_tensor().zeros_like()?.detach(),
                })
            })
            .collect::<Result<_, candle_core::Error>>()?;
        Ok(Self {
            config,
            step: 0,
            moments,
        })
    }

    /// First and second moment of every variable.
    pub(crate) fn moments(&self) -> impl Iterator<Item = (&Tensor, &Tensor)> {
        self.moments
            .iter()
            .map(|moments| (&moments.first, &moments.second))
    }

    pub(crate) fn resume(&mut self, step: i32, moments: Vec<(Tensor, Tensor)>) {
        let moments = moments.into_iter();
        self.moments = moments
            .map(|(first, second)| Moments { first, second })
            .collect();
        self.step = step;
    }

    /// Moves every variable one step against its gradient.
    pub fn step(
        &mut self,
        variables: &Variables,
        gradients: &Gradients,
        rate: f64,
    ) -> Result<(), ParametersError> {
        let AdamWConfig {
            beta1,
            beta2,
            epsilon,
            weight_decay,
        } = self.config;
        self.step += 1;
        let (bias1, bias2) = (1.0 - beta1.powi(self.step), 1.0 - beta2.powi(self.step));
        let variables = variables.iter().map(|(_, var)| var);
        for ((var, gradient), moments) in variables.zip(gradients.iter()).zip(&mut self.moments) {
            moments.first = ((&moments.first * beta1)? + (gradient * (1.0 - beta1))?)?;
            moments.second = ((&moments.second * beta2)? + (gradient.sqr()? * (1.0 - beta2))?)?;
            let root = ((&moments.second / bias2)?.sqrt()? + epsilon)?;
            let change = ((&moments.first / bias1)? / root)?;
            let decay = if is_matrix(var.dims()) {
                rate * weight_decay
            } else {
                0.0
            };
            let value = (var.as_tensor().detach() * (1.0 - decay))?;
            var.set(&(value - (change * rate)?)?)?;
        }
        Ok(())
    }
}

fn is_matrix(dims: &[usize]) -> bool {
    dims.iter().filter(|&&dim| dim > 1).count() > 1 && dims[0] > 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Declaration, Initial, Seed, seeded};

    /// First two steps against the numbers of `torch.optim.AdamW` on the same quadratic.
    #[test]
    fn steps_as_pytorch_does() -> Result<(), Box<dyn std::error::Error>> {
        let declared = [Declaration::new("w", &[2, 2], Initial::Constant(1.0))];
        let variables = Variables::draw(&declared, &mut seeded(Seed(0), 0))?;
        let mut optimiser = AdamW::new(&variables, AdamWConfig::default())?;
        let scale = Tensor::new(&[[1.0_f32, 2.0], [3.0, -4.0]], &candle_core::Device::Cpu)?;
        for _ in 0..2 {
            let loss = (variables.parameters().get("w")? * &scale)?
                .sqr()?
                .sum_all()?;
            let gradients = Gradients::of(&variables, &loss.backward()?)?;
            optimiser.step(&variables, &gradients, 0.1)?;
        }
        let found = variables
            .parameters()
            .get("w")?
            .flatten_all()?
            .to_vec1::<f32>()?;
        for value in found {
            assert!((value - EXPECTED_AFTER_TWO_STEPS).abs() < 1e-5, "{value}");
        }
        Ok(())
    }

    /// torch 2.15: the same for all four, since Adam is scale-free.
    const EXPECTED_AFTER_TWO_STEPS: f32 = 0.798_519;

    #[test]
    fn clips_to_the_norm_and_names_divergence() -> Result<(), Box<dyn std::error::Error>> {
        let declared = [Declaration::new("w", &[2], Initial::Constant(3.0))];
        let variables = Variables::draw(&declared, &mut seeded(Seed(0), 0))?;
        let gradients = |factor: f64| -> Result<Gradients, ParametersError> {
            let loss = (variables.parameters().get("w")?.sqr()? * factor)?.sum_all()?;
            Gradients::of(&variables, &loss.backward()?)
        };
        let unclipped = gradients(1.0)?.norm()?;
        assert!((unclipped - 72_f64.sqrt()).abs() < 1e-5);
        assert!((gradients(1.0)?.clipped(0.5)?.norm()? - 0.5).abs() < 1e-6);
        assert!((gradients(1.0)?.clipped(100.0)?.norm()? - unclipped).abs() < 1e-9);
        let diverged = gradients(f64::INFINITY)?.clipped(1.0);
        assert!(matches!(diverged, Err(ParametersError::Diverged)));
        Ok(())
    }
}
