use candle_core::{Result, Tensor};

/// What pooling by shares needs to know of each instance: the bag's logit of a class is
/// `sum_k share_k logit_k`, where the shares are the softmax of the scores of the class's branch.
///
/// It holds for any part of the bag with the same terms, because the layer after the pooling is linear.
#[derive(Debug)]
pub(crate) struct Terms {
    /// Attention before the softmax, shape (n, branches): one branch for all classes, or one a class.
    pub(crate) scores: Tensor,
    /// Of each instance alone, shape (n, n_classes).
    pub(crate) logits: Tensor,
    /// Of the grade, shape (n), pooled as the first branch is.
    pub(crate) severity: Option<Tensor>,
}

impl Terms {
    /// Scores (n, branches), instance logits (n, n_classes).
    pub(super) fn new(scores: Tensor, logits: Tensor) -> Self {
        Self {
            scores,
            logits,
            severity: None,
        }
    }

    /// The plain mean: every instance has the same share.
    pub(super) fn of_mean(logits: Tensor) -> Result<Self> {
        Ok(Self::new(logits.narrow(1, 0, 1)?.zeros_like()?, logits))
    }
}
