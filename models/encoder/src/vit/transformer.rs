use candle_core::{Result, Tensor};
use parameters::{Parameters, ParametersError};

use super::attention::Sight;
use super::block::{Block, BlockShape};
use super::norm::LayerNorm;
use super::patch_embedding::PatchEmbedding;
use super::pool::Pool;
use super::tokens::Tokens;
use crate::Architecture;

/// Vision transformer (Dosovitskiy et al. 2021) from patches to embeddings.
#[derive(Debug)]
pub(crate) struct VisionTransformer {
    patch_embedding: PatchEmbedding,
    inputs: Tokens,
    pre_norm: Option<LayerNorm>,
    blocks: Vec<Block>,
    norm: LayerNorm,
    pool: Pool,
    n_prefix: usize,
}

impl VisionTransformer {
    pub(crate) fn new(
        architecture: &Architecture,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        Self::of_blocks(architecture, architecture.block(), parameters)
    }

    /// A transformer whose blocks are not just those of the architecture: they compute otherwise, or
    /// their scales are in the weights already.
    pub(crate) fn of_blocks(
        architecture: &Architecture,
        shape: BlockShape,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        let operations = shape.operations;
        let norm = |name| LayerNorm::new(operations, parameters, name, shape.layer_norm_eps);
        let block = |number| Block::new(shape, parameters, &format!("blocks.{number}"));
        Ok(Self {
            patch_embedding: PatchEmbedding::new(operations, architecture, parameters)?,
            inputs: Tokens::new(operations, architecture, parameters)?,
            pre_norm: architecture
                .pre_norm
                .then(|| norm("norm_pre"))
                .transpose()?,
            blocks: (0..architecture.depth)
                .map(block)
                .collect::<std::result::Result<_, _>>()?,
            norm: norm("norm")?,
            pool: Pool::new(operations, architecture, parameters)?,
            n_prefix: architecture.n_prefix(),
        })
    }

    /// Patches of shape (batch, patches, channels * rows * columns) to the tokens after the last
    /// norm, shape (batch, prefix + patches, width).
    pub(crate) fn tokens(&self, patches: &Tensor) -> Result<Tensor> {
        let mut x = self
            .inputs
            .forward(&self.patch_embedding.forward(patches)?)?;
        if let Some(norm) = &self.pre_norm {
            x = norm.forward(&x)?;
        }
        for block in &self.blocks {
            x = block.forward(&x, &Sight::All)?;
        }
        self.norm.forward(&x)
    }

    /// The tokens of the patches alone, shape (batch, patches, width).
    pub(crate) fn patch_tokens(&self, tokens: &Tensor) -> Result<Tensor> {
        tokens.narrow(1, self.n_prefix, tokens.dim(1)? - self.n_prefix)
    }

    /// Tokens to embeddings of shape (batch, dimension).
    pub(crate) fn pool(&self, tokens: &Tensor) -> Result<Tensor> {
        self.pool.forward(tokens)
    }
}
