use kernels::{AttentionShape, Element, Machine};

use super::layers::Layer;
use crate::Architecture;

/// How the values of heads stand in a row: each head filled up to whole vectors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heads {
    n_heads: usize,
    width: usize,
    /// Of one head.
    columns: usize,
}

impl Heads {
    pub(super) fn of<E: Element>(machine: Machine, architecture: &Architecture) -> Self {
        let width = architecture.width / architecture.heads;
        Self {
            n_heads: architecture.heads,
            width,
            columns: machine.head_columns::<E>(width),
        }
    }

    /// Columns of all heads.
    pub(super) fn columns(self) -> usize {
        self.n_heads * self.columns
    }

    pub(super) fn attention(self, n_tokens: usize) -> AttentionShape {
        AttentionShape {
            n_tokens,
            n_heads: self.n_heads,
            head_columns: self.columns,
        }
    }

    /// Query, key and value, with the scale of their products in the query.
    pub(super) fn qkv(self, layer: Layer) -> Layer {
        let n_queries = self.n_heads * self.width;
        // The kernels take 2 to the power of a product, not e.
        let scale = std::f64::consts::LOG2_E / (self.width as f64).sqrt();
        let mut scales = vec![scale as f32; n_queries];
        scales.resize(3 * n_queries, 1.0);
        let order: Vec<_> = (0..3)
            .flat_map(|part| self.order(part * n_queries))
            .collect();
        layer.scaled(&scales).with_outputs(&order)
    }

    /// What follows the heads.
    pub(super) fn projection(self, layer: &Layer) -> Layer {
        layer.with_inputs(&self.order(0).collect::<Vec<_>>())
    }

    /// The value in every column, counted from `first`.
    fn order(self, first: usize) -> impl Iterator<Item = Option<usize>> {
        (0..self.n_heads).flat_map(move |head| {
            let value = move |at| (at < self.width).then_some(first + head * self.width + at);
            (0..self.columns).map(value)
        })
    }
}
