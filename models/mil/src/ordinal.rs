use candle_core::Tensor;
use parameters::Parameters;

use crate::MilError;
use crate::logits::softplus;

/// The cumulative link (proportional odds) model of ordinal grades (McCullagh 1980):
/// `logit P(grade > k) = w z - t_k` with thresholds `t_1 < t_2 < ...`.
///
/// The thresholds are the first one and positive gaps, so the probabilities can never cross.
#[derive(Clone, Debug)]
pub(crate) struct CumulativeLink {
    /// (hidden, 1)
    transposed: Tensor,
    /// (1): the first threshold.
    first: Tensor,
    /// (grades - 2): the gaps before softplus.
    gaps: Tensor,
}

impl CumulativeLink {
    pub(crate) fn new(parameters: &Parameters) -> Result<Self, MilError> {
        Ok(Self {
            transposed: parameters.get("grading.weight")?.t()?,
            first: parameters.get("grading.first")?,
            gaps: parameters.get("grading.gaps")?,
        })
    }

    /// (1, hidden) to (grades - 1).
    pub(crate) fn apply(&self, pooled: &Tensor) -> Result<Tensor, MilError> {
        let score = pooled.matmul(&self.transposed)?.flatten_all()?;
        Ok(score.broadcast_sub(&self.thresholds()?)?)
    }

    fn thresholds(&self) -> Result<Tensor, MilError> {
        if self.gaps.elem_count() == 0 {
            return Ok(self.first.clone());
        }
        let steps = softplus(&self.gaps)?.cumsum(0)?;
        let others = steps.broadcast_add(&self.first)?;
        Ok(Tensor::cat(&[&self.first, &others], 0)?)
    }
}
