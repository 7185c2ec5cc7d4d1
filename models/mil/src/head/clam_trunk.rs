use candle_core::{D, Result, Tensor};
use candle_nn::{Linear, Module, ops};
use parameters::{Declaration, Parameters, ParametersError};

use super::gated_attention::GatedAttention;

/// What both forms of CLAM have before their classifiers (Lu et al. 2021, eq. 1 and 2): a projection,
/// then gated attention with one or more branches.
#[derive(Debug)]
pub(super) struct ClamTrunk {
    projection: Linear,
    attention: GatedAttention,
}

/// Instances as the attention sees them.
pub(super) struct ScoredInstances {
    /// Shape (n, hidden).
    pub(super) hidden: Tensor,
    /// Attention before the softmax, shape (n, branches).
    pub(super) scores: Tensor,
}

/// A bag as the classifiers see it.
pub(super) struct PooledBag {
    /// Shape (n, hidden).
    pub(super) hidden: Tensor,
    /// Shape (branches, n).
    pub(super) attention: Tensor,
    /// The mean of the instances under each branch's attention, shape (branches, hidden).
    pub(super) pooled: Tensor,
}

impl ClamTrunk {
    pub(super) fn declarations(
        dimension: usize,
        hidden: usize,
        attention: usize,
        n_branches: usize,
    ) -> Vec<Declaration> {
        let mut all = Declaration::linear("projection", dimension, hidden).to_vec();
        all.extend(GatedAttention::declarations(hidden, attention, n_branches));
        all
    }

    pub(super) fn new(parameters: &Parameters) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            projection: parameters.linear("projection")?,
            attention: GatedAttention::new(parameters)?,
        })
    }

    /// Embeddings (n, dimension).
    pub(super) fn instances(&self, embeddings: &Tensor) -> Result<ScoredInstances> {
        let hidden = self.projection.forward(embeddings)?.relu()?;
        Ok(ScoredInstances {
            scores: self.attention.branches(&hidden)?,
            hidden,
        })
    }

    /// Embeddings (n, dimension).
    pub(super) fn forward(&self, embeddings: &Tensor) -> Result<PooledBag> {
        let ScoredInstances { hidden, scores } = self.instances(embeddings)?;
        let attention = ops::softmax(&scores.t()?.contiguous()?, D::Minus1)?;
        let pooled = attention.matmul(&hidden)?;
        Ok(PooledBag {
            hidden,
            attention,
            pooled,
        })
    }
}
