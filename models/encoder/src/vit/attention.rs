use candle_core::{Result, Tensor};

use super::linear::{BranchEnd, Linear};
use crate::fused::{scaled_softmax, split_heads};

/// Which tokens a token attends to.
#[derive(Clone, Debug)]
pub(crate) enum Sight {
    All,
    /// What to add to the products of query and key, of shape (tokens, tokens).
    Masked(Tensor),
}

/// Multi-head self-attention with query, key and value in one matrix (Vaswani et al. 2017).
#[derive(Debug)]
pub(super) struct Attention {
    pub(super) qkv: Linear,
    pub(super) end: BranchEnd,
    pub(super) heads: usize,
}

impl Attention {
    /// Adds the attention over `normed` to `x`; both are (batch, tokens, width).
    pub(super) fn added_to(&self, x: &Tensor, normed: &Tensor, sight: &Sight) -> Result<Tensor> {
        let (batch, tokens, width) = x.dims3()?;
        let head_width = width / self.heads;
        let parts = split_heads(&self.qkv.product(normed)?, &self.qkv.bias, self.heads)?;
        let (query, key, value) = (parts.get(0)?, parts.get(1)?, parts.get(2)?);
        let scale = (head_width as f64).powf(-0.5);
        let products = query.matmul(&key.t()?)?;
        let products = match sight {
            Sight::All => products,
            Sight::Masked(mask) => products.broadcast_add(mask)?,
        };
        let weights = scaled_softmax(&products, scale)?;
        let mixed = weights
            .matmul(&value)?
            .transpose(1, 2)?
            .reshape((batch, tokens, width))?;
        self.end.added_to(x, &mixed)
    }
}
