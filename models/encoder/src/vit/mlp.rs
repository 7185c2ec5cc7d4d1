use candle_core::{Result, Tensor};

use super::linear::{BranchEnd, Linear};
use super::operations::Operations;
use crate::Mlp;

/// The feed-forward half of a block.
#[derive(Debug)]
pub(super) struct FeedForward {
    pub(super) fc1: Linear,
    pub(super) end: BranchEnd,
    pub(super) kind: Mlp,
    pub(super) operations: Operations,
}

impl FeedForward {
    /// Adds the transformed `normed` to `x`; both are (batch, tokens, width).
    pub(super) fn added_to(&self, x: &Tensor, normed: &Tensor) -> Result<Tensor> {
        let hidden = self.fc1.product(normed)?;
        let Linear { bias, .. } = &self.fc1;
        let hidden = match self.kind {
            Mlp::GeluErf { .. } => self.operations.bias_gelu(&hidden, bias)?,
            Mlp::QuickGelu { .. } => self.operations.bias_quick_gelu(&hidden, bias)?,
            Mlp::SwigluPacked { .. } | Mlp::SwigluAligned { .. } => {
                self.operations.bias_swiglu(&hidden, bias)?
            }
        };
        self.end.added_to(x, &hidden)
    }
}
