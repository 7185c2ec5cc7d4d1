use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module, ops};
use parameters::{Declaration, Parameters, ParametersError};

/// Attention score `w . (tanh(V h) * sigmoid(U h))` of every instance (Ilse et al. 2018, eq. 9);
/// with several branches each has a `w` of its own (Lu et al. 2021, eq. 1).
#[derive(Debug)]
pub(super) struct GatedAttention {
    content: Linear,
    gate: Linear,
    score: Linear,
}

impl GatedAttention {
    pub(super) fn declarations(
        hidden: usize,
        attention: usize,
        n_branches: usize,
    ) -> Vec<Declaration> {
        Self::declarations_below("", hidden, attention, n_branches)
    }

    /// The same under names that begin with `prefix`, for heads that attend more than once.
    pub(super) fn declarations_below(
        prefix: &str,
        hidden: usize,
        attention: usize,
        n_branches: usize,
    ) -> Vec<Declaration> {
        [
            Declaration::linear(&format!("{prefix}attention_V"), hidden, attention),
            Declaration::linear(&format!("{prefix}attention_U"), hidden, attention),
            Declaration::linear(&format!("{prefix}attention_w"), attention, n_branches),
        ]
        .concat()
    }

    pub(super) fn new(parameters: &Parameters) -> std::result::Result<Self, ParametersError> {
        Self::below("", parameters)
    }

    pub(super) fn below(
        prefix: &str,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            content: parameters.linear(&format!("{prefix}attention_V"))?,
            gate: parameters.linear(&format!("{prefix}attention_U"))?,
            score: parameters.linear(&format!("{prefix}attention_w"))?,
        })
    }

    /// Instances (n, hidden) to the scores (n) of a single branch, before the softmax.
    pub(super) fn scores(&self, hidden: &Tensor) -> Result<Tensor> {
        self.branches(hidden)?.squeeze(1)
    }

    /// Instances (n, hidden) to the scores (n, branches) before the softmax.
    pub(super) fn branches(&self, hidden: &Tensor) -> Result<Tensor> {
        let content = self.content.forward(hidden)?.tanh()?;
        let gate = ops::sigmoid(&self.gate.forward(hidden)?)?;
        self.score.forward(&(content * gate)?)
    }
}
