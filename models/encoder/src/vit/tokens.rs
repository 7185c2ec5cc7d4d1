use candle_core::{Result, Tensor};
use parameters::{Parameters, ParametersError};

use crate::fused::add_rows;
use crate::{Architecture, PositionEmbedding};

/// The learned tokens before the patches (class, then registers), and the positions.
#[derive(Debug)]
pub(super) struct Tokens {
    /// Class token, then the registers if there are any; each of shape (1, tokens, width).
    prefix: Vec<Tensor>,
    /// Shape (1, positions, width).
    positions: Tensor,
    position_embedding: PositionEmbedding,
}

impl Tokens {
    pub(super) fn new(
        architecture: &Architecture,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        let mut prefix = vec![parameters.get("cls_token")?];
        if architecture.registers > 0 {
            prefix.push(parameters.get("reg_token")?);
        }
        Ok(Self {
            prefix,
            positions: parameters.get("pos_embed")?,
            position_embedding: architecture.position_embedding,
        })
    }

    /// Patch tokens (batch, patches, width) to all tokens (batch, prefix + patches, width).
    pub(super) fn forward(&self, patches: &Tensor) -> Result<Tensor> {
        let (batch, _, width) = patches.dims3()?;
        let prefix = Tensor::cat(&self.prefix, 1)?;
        let prefix = prefix.broadcast_as((batch, prefix.dim(1)?, width))?;
        match self.position_embedding {
            PositionEmbedding::PrefixAndPatches => {
                add_rows(&Tensor::cat(&[&prefix, patches], 1)?, &self.positions)
            }
            PositionEmbedding::Patches => {
                Tensor::cat(&[&prefix, &add_rows(patches, &self.positions)?], 1)
            }
        }
    }
}
