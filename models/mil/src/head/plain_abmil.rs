use candle_core::{D, Result, Tensor};
use candle_nn::{Linear, Module, ops};
use parameters::{Declaration, Parameters, ParametersError};

use super::output::BagOutput;
use super::terms::Terms;

/// Attention MIL without a gate (Ilse et al. 2018, eq. 7 and 8) after one projection:
/// `a = softmax_k w . tanh(V h_k)`, `y = W (sum_k a_k h_k) + b`.
#[derive(Debug)]
pub struct PlainAbmil {
    projection: Linear,
    content: Linear,
    score: Linear,
    classifier: Linear,
}

impl PlainAbmil {
    pub(super) fn declarations(
        dimension: usize,
        hidden: usize,
        attention: usize,
        n_classes: usize,
    ) -> Vec<Declaration> {
        [
            Declaration::linear("projection", dimension, hidden),
            Declaration::linear("attention_V", hidden, attention),
            Declaration::linear("attention_w", attention, 1),
            Declaration::linear("classifier", hidden, n_classes),
        ]
        .concat()
    }

    pub(super) fn new(parameters: &Parameters) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            projection: parameters.linear("projection")?,
            content: parameters.linear("attention_V")?,
            score: parameters.linear("attention_w")?,
            classifier: parameters.linear("classifier")?,
        })
    }

    /// Embeddings (n, dimension).
    pub(super) fn forward(&self, embeddings: &Tensor) -> Result<BagOutput> {
        let hidden = self.projection.forward(embeddings)?.relu()?;
        let scores = self.scores(&hidden)?.t()?.contiguous()?;
        let attention = ops::softmax(&scores, D::Minus1)?;
        let pooled = attention.matmul(&hidden)?;
        Ok(BagOutput::new(
            self.classifier.forward(&pooled)?.squeeze(0)?,
            attention,
            self.classifier.forward(&hidden)?,
        ))
    }

    /// Embeddings (n, dimension).
    pub(crate) fn terms(&self, embeddings: &Tensor) -> Result<Terms> {
        let hidden = self.projection.forward(embeddings)?.relu()?;
        let logits = self.classifier.forward(&hidden)?;
        Ok(Terms::new(self.scores(&hidden)?, logits))
    }

    /// Instances (n, hidden) to attention before the softmax, shape (n, 1).
    fn scores(&self, hidden: &Tensor) -> Result<Tensor> {
        self.score.forward(&self.content.forward(hidden)?.tanh()?)
    }
}
