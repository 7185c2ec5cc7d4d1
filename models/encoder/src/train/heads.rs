use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Declaration, Parameters, ParametersError};

use crate::Architecture;
use crate::vit::declarations;

/// The two linear heads of training.
#[derive(Debug)]
pub(super) struct Heads {
    tile: Linear,
    patch: Linear,
}

const TILE: &str = "tile_head";
const PATCH: &str = "patch_head";

/// The transformer's parameters, then the heads'.
pub(super) fn trained_declarations(
    architecture: &Architecture,
    n_classes: usize,
) -> Vec<Declaration> {
    let mut all = declarations(architecture);
    all.extend(Declaration::linear(
        TILE,
        architecture.dimension(),
        n_classes,
    ));
    all.extend(Declaration::linear(PATCH, architecture.width, n_classes));
    all
}

impl Heads {
    pub(super) fn new(parameters: &Parameters) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            tile: parameters.linear(TILE)?,
            patch: parameters.linear(PATCH)?,
        })
    }

    /// Embeddings (batch, dimension) to class logits (batch, classes).
    pub(super) fn tile(&self, embeddings: &Tensor) -> Result<Tensor> {
        self.tile.forward(embeddings)
    }

    /// Class logits of every patch, shape (batch * patches, classes).
    pub(super) fn patches(&self, tokens: &Tensor) -> Result<Tensor> {
        let (batch, patches, width) = tokens.dims3()?;
        self.patch
            .forward(&tokens.reshape((batch * patches, width))?)
    }
}
