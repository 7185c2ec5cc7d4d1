use candle_core::{Result, Tensor};
use parameters::{Declaration, Initial, Parameters, ParametersError};

use super::softplus;

/// Thresholds between neighbouring grades on one scale of severity (cumulative link, McCullagh
/// 1980): `logit P(grade > k) = severity - threshold_k`. They rise with k, so the probabilities
/// never cross.
#[derive(Debug)]
pub(crate) struct Thresholds {
    /// The lowest, shape (1).
    first: Tensor,
    /// Distances to the next ones before softplus, shape (n - 1).
    steps: Option<Tensor>,
}

impl Thresholds {
    /// Of `n` thresholds, one fewer than grades.
    pub(crate) fn declarations(n: usize) -> Vec<Declaration> {
        let mut all = vec![Declaration::new(
            "grade.first",
            &[1],
            Initial::Constant(-1.0),
        )];
        if n > 1 {
            let steps = Declaration::new("grade.steps", &[n - 1], Initial::Constant(0.0));
            all.push(steps);
        }
        all
    }

    pub(crate) fn new(
        parameters: &Parameters,
        n: usize,
    ) -> std::result::Result<Self, ParametersError> {
        let steps = (n > 1).then(|| parameters.get("grade.steps"));
        Ok(Self {
            first: parameters.get("grade.first")?,
            steps: steps.transpose()?,
        })
    }

    /// Severities (..., 1) to the logits of P(grade > k), shape (..., n), falling.
    pub(crate) fn logits(&self, severity: &Tensor) -> Result<Tensor> {
        severity.broadcast_sub(&self.rising()?)
    }

    /// Shape (n).
    pub(crate) fn rising(&self) -> Result<Tensor> {
        let Some(steps) = &self.steps else {
            return Ok(self.first.clone());
        };
        let later = softplus(steps)?.cumsum(0)?.broadcast_add(&self.first)?;
        Tensor::cat(&[&self.first, &later], 0)
    }
}
