use candle_core::{Device, Tensor};
use parameters::{Declaration, Initial, Parameters};

use super::TextArchitecture;
use crate::EncoderError;
use crate::vit::{Block, LayerNorm, Operations, Sight, blocks};

/// Weights of attention to tokens that come later: far below any product.
const HIDDEN: f32 = -1e9;

/// Every parameter of a text tower that ends in `dimension` values.
pub(crate) fn declarations(architecture: &TextArchitecture, dimension: usize) -> Vec<Declaration> {
    let width = architecture.width;
    let token = Initial::TruncatedNormal { std: 0.02 };
    let mut all = vec![
        Declaration::new("token_embed", &[architecture.vocabulary, width], token),
        Declaration::new("pos_embed", &[architecture.context, width], token),
        Declaration::new("projection.weight", &[dimension, width], Initial::Glorot),
        Declaration::new("logit_scale", &[], Initial::Constant((1.0_f32 / 0.07).ln())),
    ];
    all.extend(blocks(architecture.block(), architecture.depth));
    all.extend(Declaration::layer_norm("norm", width));
    all
}

/// A causal transformer from tokens to an embedding.
#[derive(Debug)]
pub(super) struct TextTower {
    /// Shape (vocabulary, width).
    tokens: Tensor,
    /// Shape (context, width).
    positions: Tensor,
    blocks: Vec<Block>,
    norm: LayerNorm,
    /// Shape (dimension, width).
    projection: Tensor,
    pub(super) logit_scale: f64,
}

impl TextTower {
    pub(super) fn new(
        architecture: &TextArchitecture,
        parameters: &Parameters,
    ) -> Result<Self, EncoderError> {
        let block = |number| {
            let name = format!("blocks.{number}");
            Block::new(architecture.block(), parameters, &name)
        };
        let logit_scale = parameters.get("logit_scale")?.to_scalar::<f32>()?;
        Ok(Self {
            tokens: parameters.get("token_embed")?,
            positions: parameters.get("pos_embed")?,
            blocks: (0..architecture.depth)
                .map(block)
                .collect::<Result<_, _>>()?,
            norm: LayerNorm::new(
                Operations::Fused,
                parameters,
                "norm",
                architecture.layer_norm_eps,
            )?,
            projection: parameters.get("projection.weight")?,
            logit_scale: f64::from(logit_scale).exp(),
        })
    }

    /// The embedding of one text: that of its last token, which ends it. Nothing looks ahead, so
    /// the padding that others put behind would not change it.
    pub(super) fn embed(&self, tokens: &[u32]) -> Result<Vec<f32>, EncoderError> {
        let n_tokens = tokens.len();
        let ids = Tensor::from_slice(tokens, n_tokens, &Device::Cpu)?;
        let positions = self.positions.narrow(0, 0, n_tokens)?;
        let mut x = (self.tokens.index_select(&ids, 0)? + positions)?.unsqueeze(0)?;
        let sight = nothing_later(n_tokens)?;
        for block in &self.blocks {
            x = block.forward(&x, &sight)?;
        }
        let last = self.norm.forward(&x)?.narrow(1, n_tokens - 1, 1)?;
        let embedding = last.squeeze(1)?.contiguous()?;
        Ok(embedding
            .matmul(&self.projection.t()?)?
            .flatten_all()?
            .to_vec1()?)
    }
}

fn nothing_later(n_tokens: usize) -> Result<Sight, EncoderError> {
    let mask: Vec<f32> = (0..n_tokens * n_tokens)
        .map(|at| (at / n_tokens, at % n_tokens))
        .map(|(from, to)| if to > from { HIDDEN } else { 0.0 })
        .collect();
    let mask = Tensor::from_vec(mask, (n_tokens, n_tokens), &Device::Cpu)?;
    Ok(Sight::Masked(mask))
}
