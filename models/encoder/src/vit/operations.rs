use candle_core::{Result, Tensor};

use crate::{composed, fused};

/// Who does the element-wise work of a transformer. Both give the same, to rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operations {
    /// On the CPU, in f32, with gradients.
    Fused,
    /// On every device, in every precision, without gradients.
    Composed,
}

impl Operations {
    pub(super) fn layer_norm(
        self,
        x: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        eps: f64,
    ) -> Result<Tensor> {
        match self {
            Self::Fused => fused::layer_norm(x, weight, bias, eps),
            Self::Composed => composed::layer_norm(x, weight, bias, eps),
        }
    }

    pub(super) fn scaled_softmax(self, x: &Tensor, scale: f64) -> Result<Tensor> {
        match self {
            Self::Fused => fused::scaled_softmax(x, scale),
            Self::Composed => composed::scaled_softmax(x, scale),
        }
    }

    pub(super) fn bias_gelu(self, x: &Tensor, bias: &Tensor) -> Result<Tensor> {
        match self {
            Self::Fused => fused::bias_gelu(x, bias),
            Self::Composed => composed::bias_gelu(x, bias),
        }
    }

    pub(super) fn bias_quick_gelu(self, x: &Tensor, bias: &Tensor) -> Result<Tensor> {
        match self {
            Self::Fused => fused::bias_quick_gelu(x, bias),
            Self::Composed => composed::bias_quick_gelu(x, bias),
        }
    }

    pub(super) fn bias_swiglu(self, x: &Tensor, bias: &Tensor) -> Result<Tensor> {
        match self {
            Self::Fused => fused::bias_swiglu(x, bias),
            Self::Composed => composed::bias_swiglu(x, bias),
        }
    }

    pub(super) fn add_rows(self, x: &Tensor, row: &Tensor) -> Result<Tensor> {
        match self {
            Self::Fused => fused::add_rows(x, row),
            Self::Composed => composed::add_rows(x, row),
        }
    }

    pub(super) fn residual(
        self,
        x: &Tensor,
        branch: &Tensor,
        bias: &Tensor,
        scale: Option<&Tensor>,
    ) -> Result<Tensor> {
        match self {
            Self::Fused => fused::residual(x, branch, bias, scale),
            Self::Composed => composed::residual(x, branch, bias, scale),
        }
    }

    pub(super) fn split_heads(
        self,
        packed: &Tensor,
        bias: &Tensor,
        heads: usize,
    ) -> Result<Tensor> {
        match self {
            Self::Fused => fused::split_heads(packed, bias, heads),
            Self::Composed => composed::split_heads(packed, bias, heads),
        }
    }
}
