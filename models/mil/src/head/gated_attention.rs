use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module, ops};
use parameters::{Parameters, ParametersError};

/// Attention score `w . (tanh(V h) * sigmoid(U h))` of every instance (Ilse et al. 2018, eq. 9).
#[derive(Debug)]
pub(super) struct GatedAttention {
    content: Linear,
    gate: Linear,
    score: Linear,
}

impl GatedAttention {
    pub(super) fn new(parameters: &Parameters) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            content: parameters.linear("attention_V")?,
            gate: parameters.linear("attention_U")?,
            score: parameters.linear("attention_w")?,
        })
    }

    /// Instances (n, hidden) to scores (n), before the softmax.
    pub(super) fn scores(&self, hidden: &Tensor) -> Result<Tensor> {
        let content = self.content.forward(hidden)?.tanh()?;
        let gate = ops::sigmoid(&self.gate.forward(hidden)?)?;
        self.score.forward(&(content * gate)?)?.squeeze(1)
    }
}
