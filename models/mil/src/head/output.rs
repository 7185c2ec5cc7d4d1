use candle_core::{Result, Tensor};

/// What a head says about a bag of n instances.
#[derive(Clone, Debug)]
pub struct BagOutput {
    /// Shape (n_classes); a single logit is that of the positive class against the rest.
    pub logits: Tensor,
    /// Shape (maps, n): one map, or one a class where every class attends for itself. Each map sums
    /// to 1, but for TransMIL's: what its class token keeps for itself is missing there, and values
    /// may lie below 0, since its attention is approximated.
    pub attention: Tensor,
    /// Shape (n, n_classes): what the head says of each instance alone. TransMIL has none.
    pub instance_logits: Option<Tensor>,
    /// The instances as attention pools them, shape (n, hidden), where training asks for them.
    pub(crate) hidden: Option<Tensor>,
    /// A single attention before its softmax, shape (n), where training teaches it.
    pub(crate) scores: Option<Tensor>,
    /// Logits of P(grade > k) for k = 1, 2, ... of a head that grades what it detects.
    pub(crate) grade_logits: Option<Tensor>,
}

impl BagOutput {
    /// What every head gives.
    pub(super) fn new(logits: Tensor, attention: Tensor, instance_logits: Tensor) -> Self {
        Self {
            logits,
            attention,
            instance_logits: Some(instance_logits),
            hidden: None,
            scores: None,
            grade_logits: None,
        }
    }
}

/// Shares (1, n) that are the same for every instance.
pub(super) fn even_shares(like: &Tensor, n_instances: usize) -> Result<Tensor> {
    let share = 1.0 / n_instances as f32;
    Tensor::full(share, (1, n_instances), like.device())
}
