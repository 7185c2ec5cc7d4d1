use kernels::{Attention, Machine, Operand};

use super::arithmetic::Arithmetic;
use super::block::most_rows;
use super::heads::Heads;
use crate::Architecture;

/// What lies between the layers of a forward pass, kept from pass to pass.
#[derive(Debug)]
pub(super) struct Workspace<A: Arithmetic> {
    pub(super) n_tokens: usize,
    /// Every patch of every image.
    pub(super) patches: Operand<A::Value>,
    /// The tokens of every image: shape (images * tokens, width).
    pub(super) x: Operand<f32>,
    /// Tokens after a norm that is not a layer's input alone.
    pub(super) normed_x: Operand<f32>,
    pub(super) qkv: Operand<A::Value>,
    pub(super) mixed: Operand<A::Value>,
    /// The left side of a product, for the rows that are on their way.
    pub(super) room: A::Room,
    pub(super) hidden: Operand<A::Value>,
    pub(super) attention: Attention<A::Value>,
}

impl<A: Arithmetic> Workspace<A> {
    pub(super) fn new(machine: Machine, architecture: &Architecture, n_images: usize) -> Self {
        let n_tokens = architecture.n_prefix() + architecture.n_patches();
        let n_rows = n_images * n_tokens;
        let width = architecture.width;
        let heads = Heads::of::<A::Value>(machine, architecture);
        let inner = architecture.mlp.inner(width);
        let on_their_way = most_rows::<A>(n_rows);
        Self {
            n_tokens,
            patches: Operand::zeros(
                n_images * architecture.n_patches(),
                architecture.patch_values(),
            ),
            x: Operand::zeros(n_rows, width),
            normed_x: Operand::zeros(n_rows, width),
            qkv: Operand::zeros(n_rows, 3 * heads.columns()),
            mixed: Operand::zeros(n_rows, heads.columns()),
            room: A::room(machine, on_their_way, width, inner.max(heads.columns())),
            hidden: Operand::zeros(on_their_way, inner),
            attention: Attention::new(machine, heads.attention(n_tokens)),
        }
    }
}
