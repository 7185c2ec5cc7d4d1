use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Declaration, Parameters, ParametersError};

use super::output::{BagOutput, even_shares};
use super::terms::Terms;

/// The mean of the instances (Ilse et al. 2018, eq. 6) before a linear classifier:
/// `y = W (1/n sum_k h_k) + b`.
#[derive(Debug)]
pub struct MeanPool {
    classifier: Linear,
}

impl MeanPool {
    pub(super) fn declarations(dimension: usize, n_classes: usize) -> Vec<Declaration> {
        Declaration::linear("classifier", dimension, n_classes).to_vec()
    }

    pub(super) fn new(parameters: &Parameters) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            classifier: parameters.linear("classifier")?,
        })
    }

    /// Embeddings (n, dimension).
    pub(super) fn forward(&self, embeddings: &Tensor) -> Result<BagOutput> {
        let attention = even_shares(embeddings, embeddings.dim(0)?)?;
        // As a product, which sums in blocks: a running sum of 100,000 terms loses digits in f32.
        let mean = attention.matmul(embeddings)?;
        Ok(BagOutput::new(
            self.classifier.forward(&mean)?.squeeze(0)?,
            attention,
            self.classifier.forward(embeddings)?,
        ))
    }

    /// Embeddings (n, dimension).
    pub(crate) fn terms(&self, embeddings: &Tensor) -> Result<Terms> {
        Terms::of_mean(self.classifier.forward(embeddings)?)
    }
}
