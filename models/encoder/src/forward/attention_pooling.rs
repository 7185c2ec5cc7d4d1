use kernels::{Activation, Ending, LayerNorm, Machine, Operand, PackedMatrix, multiply};
use parameters::{Parameters, ParametersError};

use super::layers::{Layer, layer_norm, values};
use crate::AttentionPooling;

/// One learned query that attends to all tokens (CoCa, Yu et al. 2022).
#[derive(Debug)]
pub(super) struct AttentionPool {
    /// The query as its head layers make it, the same for every image.
    query: Vec<f32>,
    token_norm: LayerNorm,
    /// Tokens to their keys, then their values.
    of_tokens: PackedMatrix<f32>,
    out: PackedMatrix<f32>,
    norm: LayerNorm,
    n_heads: usize,
}

impl AttentionPool {
    pub(super) fn new(
        machine: Machine,
        pooling: AttentionPooling,
        parameters: &Parameters,
    ) -> Result<Self, ParametersError> {
        let width = pooling.width;
        let get = |part: &str| parameters.get(&format!("attn_pool.{part}"));
        let norm = |part: &str| {
            let name = format!("attn_pool.{part}");
            layer_norm(machine, parameters, &name, pooling.layer_norm_eps)
        };
        let (qkv_bias, out_bias) = match pooling.bias {
            true => (Some(get("qkv_bias")?), Some(get("out.bias")?)),
            false => (None, None),
        };
        let part = |first: usize, length: usize| {
            let bias = qkv_bias.as_ref();
            bias.map(|bias| bias.narrow(0, first, length)).transpose()
        };
        let of_query = Layer::new(&get("q.weight")?, part(0, width)?.as_ref())?;
        let of_tokens = Layer::new(&get("kv.weight")?, part(width, 2 * width)?.as_ref())?;
        let query = values(&get("query")?)?;
        Ok(Self {
            query: asked(&query, &norm("ln_q")?, &of_query.packed(machine)),
            token_norm: norm("ln_k")?,
            of_tokens: of_tokens.packed(machine),
            out: Layer::new(&get("out.weight")?, out_bias.as_ref())?.packed(machine),
            norm: norm("norm")?,
            n_heads: pooling.heads,
        })
    }

    /// Pools the tokens of every image into a row of `pooled`.
    pub(super) fn run(&self, tokens: &Operand<f32>, n_tokens: usize, pooled: &mut Operand<f32>) {
        let (n_images, width) = (pooled.n_rows(), self.query.len());
        let mut normed = Operand::zeros(n_tokens, tokens.n_columns());
        let mut keys_and_values = Operand::zeros(n_tokens, 2 * width);
        let mut mixed = Operand::zeros(n_images, width);
        for image in 0..n_images {
            let rows = image * n_tokens..(image + 1) * n_tokens;
            self.token_norm.write(tokens, rows, &mut normed, 0);
            let ending = written(&mut keys_and_values);
            multiply(&normed, 0..n_tokens, &self.of_tokens, ending);
            self.mix(&keys_and_values, mixed.row_mut(image));
        }
        let mut out = Operand::zeros(n_images, width);
        multiply(&mixed, 0..n_images, &self.out, written(&mut out));
        self.norm.write(&out, 0..n_images, pooled, 0);
    }

    fn mix(&self, keys_and_values: &Operand<f32>, mixed: &mut [f32]) {
        let width = self.query.len();
        let head_width = width / self.n_heads;
        let scale = (head_width as f32).powf(-0.5);
        let tokens = || (0..keys_and_values.n_rows()).map(|row| keys_and_values.row(row));
        for (head, mixed) in mixed.chunks_exact_mut(head_width).enumerate() {
            let first = head * head_width;
            let query = &self.query[first..first + head_width];
            let product = |token: &[f32]| {
                let pairs = query.iter().zip(&token[first..]);
                scale * pairs.map(|(query, key)| query * key).sum::<f32>()
            };
            let mut shares: Vec<f32> = tokens().map(product).collect();
            let highest = shares.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            for share in &mut shares {
                *share = (*share - highest).exp();
            }
            let sum: f32 = shares.iter().sum();
            for (token, share) in tokens().zip(shares) {
                for (mixed, value) in mixed.iter_mut().zip(&token[width + first..]) {
                    *mixed += share / sum * value;
                }
            }
        }
    }
}

/// A learned query after its norm and its layer.
fn asked(query: &[f32], norm: &LayerNorm, layer: &PackedMatrix<f32>) -> Vec<f32> {
    let mut learned = Operand::zeros(1, query.len());
    learned.set_row(0, query);
    let mut normed = Operand::zeros(1, query.len());
    norm.write(&learned, 0..1, &mut normed, 0);
    let mut asked = Operand::zeros(1, layer.n_outputs());
    multiply(&normed, 0..1, layer, written(&mut asked));
    asked.row(0).to_vec()
}

fn written(to: &mut Operand<f32>) -> Ending<'_, f32> {
    Ending::Written {
        to,
        first: 0,
        activation: Activation::None,
    }
}
