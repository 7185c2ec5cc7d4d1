//! The transformer itself, written for batches, with timm's names.

mod attention;
mod block;
mod declarations;
mod mlp;
mod norm;
mod patch_embedding;
mod tokens;
mod transformer;

pub(crate) use declarations::declarations;
pub(crate) use transformer::VisionTransformer;

/// How norms and softmax are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    /// One fused operation each. candle cuts the gradient there.
    Fused,
    /// Built from differentiable operations, for training.
    Differentiable,
}
