use candle_core::{Result, Tensor};
use parameters::{Parameters, ParametersError};

use super::attention_pooling::AttentionPool;
use super::operations::Operations;
use crate::{Architecture, Pooling};

/// From the tokens of the last layer to the embedding.
#[derive(Debug)]
pub(super) struct Pool {
    kind: Kind,
    /// Shape (dimension, pooled width).
    projection: Option<Tensor>,
}

#[derive(Debug)]
enum Kind {
    Class,
    /// How many tokens stand before the patches.
    ClassAndMean(usize),
    Attention(AttentionPool),
}

impl Pool {
    pub(super) fn new(
        operations: Operations,
        architecture: &Architecture,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        let projection = || parameters.get("projection.weight");
        Ok(Self {
            kind: match architecture.pooling {
                Pooling::Class => Kind::Class,
                Pooling::ClassAndMean => Kind::ClassAndMean(architecture.n_prefix()),
                Pooling::Attention(pooling) => {
                    Kind::Attention(AttentionPool::new(operations, pooling, parameters)?)
                }
            },
            projection: architecture.projection.map(|_| projection()).transpose()?,
        })
    }

    /// Tokens of shape (batch, tokens, width) to embeddings of shape (batch, dimension).
    pub(super) fn forward(&self, tokens: &Tensor) -> Result<Tensor> {
        let class = || tokens.narrow(1, 0, 1)?.squeeze(1);
        let pooled = match &self.kind {
            Kind::Class => class()?,
            Kind::ClassAndMean(n_prefix) => {
                let patches = tokens.narrow(1, *n_prefix, tokens.dim(1)? - n_prefix)?;
                Tensor::cat(&[class()?, patches.mean(1)?], 1)?
            }
            Kind::Attention(pool) => pool.forward(tokens)?,
        };
        match &self.projection {
            Some(projection) => pooled.contiguous()?.matmul(&projection.t()?),
            None => Ok(pooled),
        }
    }
}
