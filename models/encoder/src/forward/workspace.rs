use kernels::{Attention, Element, Machine, Operand};

use super::block::most_rows;
use super::heads::Heads;
use crate::Architecture;

/// What lies between the layers of a forward pass, kept from pass to pass.
#[derive(Debug)]
pub(super) struct Workspace<E> {
    pub(super) n_tokens: usize,
    /// Every patch of every image.
    pub(super) patches: Operand<E>,
    /// The tokens of every image: shape (images * tokens, width).
    pub(super) x: Operand<f32>,
    /// Tokens after a norm that is not a layer's input alone.
    pub(super) normed_x: Operand<f32>,
    pub(super) qkv: Operand<E>,
    pub(super) mixed: Operand<E>,
    /// The input of a layer, for the rows that are on their way.
    pub(super) normed: Operand<E>,
    pub(super) hidden: Operand<E>,
    pub(super) attention: Attention<E>,
}

impl<E: Element> Workspace<E> {
    pub(super) fn new(machine: Machine, architecture: &Architecture, n_images: usize) -> Self {
        let n_tokens = architecture.n_prefix() + architecture.n_patches();
        let n_rows = n_images * n_tokens;
        let width = architecture.width;
        let heads = Heads::of::<E>(machine, architecture);
        let on_their_way = most_rows(n_rows);
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
            normed: Operand::zeros(on_their_way, width),
            hidden: Operand::zeros(on_their_way, architecture.mlp.inner(width)),
            attention: Attention::new(machine, heads.attention(n_tokens)),
        }
    }
}
