use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Declaration, Parameters, ParametersError};

use super::gated_attention::GatedAttention;
use super::output::BagOutput;

/// CLAM with a single attention branch (Lu et al. 2021, eq. 1 to 3): `y = W (sum_k a_k h_k) + b`.
///
/// Without the instance clustering, which only adds a loss in training and says nothing of a bag.
#[derive(Debug)]
pub struct ClamSb {
    projection: Linear,
    attention: GatedAttention,
    classifier: Linear,
}

impl ClamSb {
    pub(super) fn declarations(
        dimension: usize,
        hidden: usize,
        attention: usize,
        n_classes: usize,
    ) -> Vec<Declaration> {
        let mut all = Declaration::linear("projection", dimension, hidden).to_vec();
        all.extend(GatedAttention::declarations(hidden, attention, 1));
        all.extend(Declaration::linear("classifier", hidden, n_classes));
        all
    }

    pub(super) fn new(parameters: &Parameters) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            projection: parameters.linear("projection")?,
            attention: GatedAttention::new(parameters)?,
            classifier: parameters.linear("classifier")?,
        })
    }

    /// Embeddings (n, dimension).
    pub(super) fn forward(&self, embeddings: &Tensor) -> Result<BagOutput> {
        let hidden = self.projection.forward(embeddings)?.relu()?;
        let attention = self.attention.shares(&hidden)?;
        let pooled = attention.matmul(&hidden)?;
        Ok(BagOutput {
            logits: self.classifier.forward(&pooled)?.squeeze(0)?,
            attention,
            instance_logits: Some(self.classifier.forward(&hidden)?),
        })
    }
}
