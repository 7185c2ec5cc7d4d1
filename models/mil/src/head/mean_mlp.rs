use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Declaration, Parameters, ParametersError};

use super::mean_pool::MeanPool;
use super::output::BagOutput;
use super::terms::Terms;

/// The mean of what one hidden layer says of every instance: `y = 1/n sum_k (W relu(P h_k + p) + b)`.
///
/// The baseline without attention (mean pooling of Ilse et al. 2018, eq. 6, at the instance level).
#[derive(Debug)]
pub struct MeanMlp {
    projection: Linear,
    /// The last layer is linear, so it may as well follow the mean.
    pooled: MeanPool,
}

impl MeanMlp {
    pub(super) fn declarations(
        dimension: usize,
        hidden: usize,
        n_classes: usize,
    ) -> Vec<Declaration> {
        let mut all = Declaration::linear("projection", dimension, hidden).to_vec();
        all.extend(MeanPool::declarations(hidden, n_classes));
        all
    }

    pub(super) fn new(parameters: &Parameters) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            projection: parameters.linear("projection")?,
            pooled: MeanPool::new(parameters)?,
        })
    }

    /// Embeddings (n, dimension).
    pub(super) fn forward(&self, embeddings: &Tensor) -> Result<BagOutput> {
        self.pooled.forward(&self.hidden(embeddings)?)
    }

    /// Embeddings (n, dimension).
    pub(crate) fn terms(&self, embeddings: &Tensor) -> Result<Terms> {
        self.pooled.terms(&self.hidden(embeddings)?)
    }

    fn hidden(&self, embeddings: &Tensor) -> Result<Tensor> {
        self.projection.forward(embeddings)?.relu()
    }
}
