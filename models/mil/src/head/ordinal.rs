use candle_core::{Result, Tensor};
use parameters::{Declaration, Parameters, ParametersError};

use super::thresholds::Thresholds;

/// The grade of a finding from the same pooled instances as its detection.
#[derive(Debug)]
pub(crate) struct Ordinal {
    /// Shape (1, hidden).
    severity: Tensor,
    thresholds: Thresholds,
}

impl Ordinal {
    pub(super) fn declarations(hidden: usize, highest_grade: u8) -> Vec<Declaration> {
        let [severity, _] = Declaration::linear("severity", hidden, 1);
        let mut all = vec![severity];
        all.extend(Thresholds::declarations(usize::from(highest_grade) - 1));
        all
    }

    pub(super) fn new(
        parameters: &Parameters,
        highest_grade: u8,
    ) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            severity: parameters.get("severity.weight")?,
            thresholds: Thresholds::new(parameters, usize::from(highest_grade) - 1)?,
        })
    }

    /// Pooled instances (1, hidden) to the logits of P(grade > k) for k = 1, 2, ..., falling.
    pub(crate) fn logits(&self, pooled: &Tensor) -> Result<Tensor> {
        self.of_severity(&self.severity(pooled)?)
    }

    /// The severity of the pooled instances, shape (1), to the same.
    pub(super) fn of_severity(&self, severity: &Tensor) -> Result<Tensor> {
        self.thresholds.logits(severity)
    }

    /// Shape (1, hidden).
    pub(super) fn weight(&self) -> &Tensor {
        &self.severity
    }

    /// Rows (n, hidden) to shape (n).
    pub(super) fn severity(&self, rows: &Tensor) -> Result<Tensor> {
        rows.matmul(&self.severity.t()?)?.squeeze(1)
    }

    /// Rising, shape (highest - 1).
    pub(super) fn thresholds(&self) -> Result<Tensor> {
        self.thresholds.rising()
    }
}

/// `ln(1 + e^x)` without overflow.
pub(crate) fn softplus(x: &Tensor) -> Result<Tensor> {
    let tail = (x.abs()?.neg()?.exp()? + 1.0)?.log()?;
    x.relu()? + tail
}
