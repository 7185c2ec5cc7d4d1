//! The transformer's element-wise work as few fused operations, each with its own gradient.
//!
//! candle builds a layer norm, a bias and an activation from many passes over memory, and its own
//! fused ones cut the gradient. Its element-wise operations also meet at one pool of spinning
//! threads, where passes that run side by side wait for each other. These run on the thread that
//! calls them, with the widest vector instructions the processor has.

mod activation;
mod add_rows;
mod layer_norm;
mod residual;
mod rows;
mod softmax;
mod split_heads;
mod vector;

pub(crate) use activation::{bias_gelu, bias_quick_gelu, bias_swiglu};
pub(crate) use add_rows::add_rows;
pub(crate) use layer_norm::layer_norm;
pub(crate) use residual::residual;
pub(crate) use softmax::scaled_softmax;
pub(crate) use split_heads::split_heads;

#[cfg(test)]
mod gradient_test;
