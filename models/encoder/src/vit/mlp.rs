use candle_core::{Result, Tensor};

use super::linear::{BranchEnd, Linear};
use crate::Mlp;
use crate::fused::{bias_gelu, bias_quick_gelu, bias_swiglu};

/// The feed-forward half of a block.
#[derive(Debug)]
pub(super) struct FeedForward {
    pub(super) fc1: Linear,
    pub(super) end: BranchEnd,
    pub(super) kind: Mlp,
}

impl FeedForward {
    /// Adds the transformed `normed` to `x`; both are (batch, tokens, width).
    pub(super) fn added_to(&self, x: &Tensor, normed: &Tensor) -> Result<Tensor> {
        let hidden = self.fc1.product(normed)?;
        let hidden = match self.kind {
            Mlp::GeluErf { .. } => bias_gelu(&hidden, &self.fc1.bias)?,
            Mlp::QuickGelu { .. } => bias_quick_gelu(&hidden, &self.fc1.bias)?,
            Mlp::SwigluPacked { .. } | Mlp::SwigluAligned { .. } => {
                bias_swiglu(&hidden, &self.fc1.bias)?
            }
        };
        self.end.added_to(x, &hidden)
    }
}
