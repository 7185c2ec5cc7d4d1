use candle_core::{Tensor, backprop::GradStore};

use crate::{ParametersError, Variables};

/// The gradient of every variable, in the order of the variables.
#[derive(Debug)]
pub struct Gradients(Vec<Tensor>);

impl Gradients {
    /// Zero where the loss does not depend on a variable.
    pub fn of(variables: &Variables, store: &GradStore) -> Result<Self, ParametersError> {
        let gradient = |(_, var): (&str, &candle_core::Var)| match store.get(var.as_tensor()) {
            // Detached, or the optimiser's moments would keep every past graph alive.
            Some(gradient) => Ok(gradient.detach()),
            None => var.as_tensor().zeros_like(),
        };
        Ok(Self(
            variables.iter().map(gradient).collect::<Result<_, _>>()?,
        ))
    }

    /// The sum with those of another part of the batch.
    pub fn joined(self, other: &Self) -> Result<Self, ParametersError> {
        let sums = self.0.iter().zip(&other.0).map(|(a, b)| a + b);
        Ok(Self(sums.collect::<Result<_, _>>()?))
    }

    /// Scales all to a Euclidean norm of at most `max_norm`.
    pub fn clipped(self, max_norm: f64) -> Result<Self, ParametersError> {
        let norm = self.norm()?;
        if !norm.is_finite() {
            return Err(ParametersError::Diverged);
        }
        if norm <= max_norm {
            return Ok(self);
        }
        let scaled = self.0.iter().map(|gradient| gradient * (max_norm / norm));
        Ok(Self(scaled.collect::<Result<_, _>>()?))
    }

    pub fn norm(&self) -> Result<f64, ParametersError> {
        let mut sum = 0.0;
        for gradient in &self.0 {
            sum += f64::from(gradient.sqr()?.sum_all()?.to_scalar::<f32>()?);
        }
        Ok(sum.sqrt())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Tensor> {
        self.0.iter()
    }
}
