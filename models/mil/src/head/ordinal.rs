use candle_core::{Result, Tensor};
use parameters::{Declaration, Initial, Parameters, ParametersError};

/// Cumulative-link grading: `logit P(grade > k) = severity - threshold_k`, with thresholds that
/// rise with k, so that the probabilities never cross (McCullagh 1980).
#[derive(Debug)]
pub(crate) struct Ordinal {
    /// Shape (1, hidden).
    severity: Tensor,
    /// Threshold between grades 1 and 2, shape (1).
    first: Tensor,
    /// Distances to the next thresholds before softplus, shape (highest - 2).
    steps: Option<Tensor>,
}

impl Ordinal {
    pub(super) fn declarations(hidden: usize, highest_grade: u8) -> Vec<Declaration> {
        let [severity, _] = Declaration::linear("severity", hidden, 1);
        let first = Declaration::new("grade.first", &[1], Initial::Constant(-1.0));
        let mut all = vec![severity, first];
        let n_steps = usize::from(highest_grade) - 2;
        if n_steps > 0 {
            let steps = Declaration::new("grade.steps", &[n_steps], Initial::Constant(0.0));
            all.push(steps);
        }
        all
    }

    pub(super) fn new(
        parameters: &Parameters,
        highest_grade: u8,
    ) -> std::result::Result<Self, ParametersError> {
        let steps = (highest_grade > 2).then(|| parameters.get("grade.steps"));
        Ok(Self {
            severity: parameters.get("severity.weight")?,
            first: parameters.get("grade.first")?,
            steps: steps.transpose()?,
        })
    }

    /// Pooled instances (1, hidden) to the logits of P(grade > k) for k = 1, 2, ..., falling.
    pub(crate) fn logits(&self, pooled: &Tensor) -> Result<Tensor> {
        self.severity(pooled)?.broadcast_sub(&self.thresholds()?)
    }

    /// Rows (n, hidden) to shape (n).
    pub(super) fn severity(&self, rows: &Tensor) -> Result<Tensor> {
        rows.matmul(&self.severity.t()?)?.squeeze(1)
    }

    /// Rising, shape (highest - 1).
    pub(super) fn thresholds(&self) -> Result<Tensor> {
        let Some(steps) = &self.steps else {
            return Ok(self.first.clone());
        };
        let later = softplus(steps)?.cumsum(0)?.broadcast_add(&self.first)?;
        Tensor::cat(&[&self.first, &later], 0)
    }
}

/// `ln(1 + e^x)` without overflow.
pub(crate) fn softplus(x: &Tensor) -> Result<Tensor> {
    let tail = (x.abs()?.neg()?.exp()? + 1.0)?.log()?;
    x.relu()? + tail
}

/// P(grade > k) for k = 0, 1, ..., given that there is a grade at all: the first is 1.
pub(crate) fn exceedance(logits: &[f32]) -> Vec<f64> {
    let later = logits
        .iter()
        .map(|&logit| 1.0 / (1.0 + f64::from(-logit).exp()));
    std::iter::once(1.0).chain(later).collect()
}
