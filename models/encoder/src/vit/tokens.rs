use candle_core::{Result, Tensor};
use parameters::{Parameters, ParametersError};

use super::operations::Operations;
use crate::{Architecture, PositionEmbedding};

/// The learned tokens before the patches (class, then registers), and the positions.
#[derive(Debug)]
pub(super) struct Tokens {
    /// Class token, then the registers if there are any; each of shape (1, tokens, width).
    prefix: Vec<Tensor>,
    /// Shape (1, positions, width).
    positions: Tensor,
    position_embedding: PositionEmbedding,
    operations: Operations,
}

impl Tokens {
    pub(super) fn new(
        operations: Operations,
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
            operations,
        })
    }

    /// Patch tokens (batch, patches, width) to all tokens (batch, prefix + patches, width).
    pub(super) fn forward(&self, patches: &Tensor) -> Result<Tensor> {
        let (batch, n_patches, width) = patches.dims3()?;
        let repeated = |tokens: &[Tensor]| {
            let tokens = Tensor::cat(tokens, 1)?;
            tokens.broadcast_as((batch, tokens.dim(1)?, width))
        };
        let with_positions = |tokens: &Tensor| self.operations.add_rows(tokens, &self.positions);
        let prefix = repeated(&self.prefix)?;
        match self.position_embedding {
            PositionEmbedding::PrefixAndPatches => {
                with_positions(&Tensor::cat(&[&prefix, patches], 1)?)
            }
            PositionEmbedding::ClassAndPatches => {
                let (class, registers) = self.prefix.split_at(1);
                let tokens = Tensor::cat(&[&repeated(class)?, patches], 1)?;
                let tokens = with_positions(&tokens)?;
                if registers.is_empty() {
                    return Ok(tokens);
                }
                let (class, patches) = (tokens.narrow(1, 0, 1)?, tokens.narrow(1, 1, n_patches)?);
                Tensor::cat(&[&class, &repeated(registers)?, &patches], 1)
            }
            PositionEmbedding::Patches => Tensor::cat(&[&prefix, &with_positions(patches)?], 1),
        }
    }
}
