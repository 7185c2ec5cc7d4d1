use candle_core::{Result, Tensor};

use super::margin;

/// What pooling by shares needs to know of each instance: the bag's margin is
/// `sum_b sum_k share_bk contribution_bk`, where the shares of a branch are the softmax of its scores.
///
/// It holds for any part of the bag with the same terms, because the layer after the pooling is linear.
#[derive(Debug)]
pub(crate) struct Terms {
    /// Attention before the softmax, shape (n, branches).
    pub(crate) scores: Tensor,
    /// To the margin of the positive class, shape (n, branches).
    pub(crate) contributions: Tensor,
    /// Of the grade, shape (n), pooled as the first branch is.
    pub(crate) severity: Option<Tensor>,
}

impl Terms {
    /// One branch for all classes. Scores (n, 1), instance logits (n, n_classes).
    pub(super) fn of_one_branch(scores: Tensor, instance_logits: &Tensor) -> Result<Self> {
        Ok(Self {
            scores,
            contributions: margin(instance_logits)?.unsqueeze(1)?,
            severity: None,
        })
    }

    /// A branch a class. Scores and instance logits (n, n_classes).
    pub(super) fn of_branches(scores: Tensor, instance_logits: &Tensor) -> Result<Self> {
        let unit = Tensor::eye(scores.dim(1)?, scores.dtype(), scores.device())?;
        Ok(Self {
            scores,
            contributions: instance_logits.broadcast_mul(&margin(&unit)?.unsqueeze(0)?)?,
            severity: None,
        })
    }

    /// The plain mean: every instance has the same share.
    pub(super) fn of_mean(instance_logits: &Tensor) -> Result<Self> {
        let contributions = margin(instance_logits)?.unsqueeze(1)?;
        Ok(Self {
            scores: contributions.zeros_like()?,
            contributions,
            severity: None,
        })
    }
}
