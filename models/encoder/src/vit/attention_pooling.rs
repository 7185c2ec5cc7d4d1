use candle_core::{Result, Tensor};
use parameters::{Parameters, ParametersError};

use super::linear::product;
use super::norm::LayerNorm;
use super::operations::Operations;
use crate::AttentionPooling;

/// One learned query that attends to all tokens (CoCa, Yu et al. 2022).
#[derive(Debug)]
pub(super) struct AttentionPool {
    /// Shape (1, 1, width).
    query: Tensor,
    query_norm: LayerNorm,
    token_norm: LayerNorm,
    /// Shape (width, width).
    of_query: Tensor,
    /// Key, then value; shape (2 * width, token width).
    of_tokens: Tensor,
    /// Shape (width, width).
    out: Tensor,
    biases: Option<Biases>,
    norm: LayerNorm,
    heads: usize,
    operations: Operations,
}

#[derive(Debug)]
struct Biases {
    query: Tensor,
    tokens: Tensor,
    out: Tensor,
}

impl AttentionPool {
    pub(super) fn new(
        operations: Operations,
        pooling: AttentionPooling,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        let get = |part: &str| parameters.get(&format!("attn_pool.{part}"));
        let norm = |part: &str| {
            let name = format!("attn_pool.{part}");
            LayerNorm::new(operations, parameters, &name, pooling.layer_norm_eps)
        };
        let biases = || {
            let packed = get("qkv_bias")?;
            Ok::<_, ParametersError>(Biases {
                query: packed.narrow(0, 0, pooling.width)?,
                tokens: packed.narrow(0, pooling.width, 2 * pooling.width)?,
                out: get("out.bias")?,
            })
        };
        Ok(Self {
            query: get("query")?.unsqueeze(0)?,
            query_norm: norm("ln_q")?,
            token_norm: norm("ln_k")?,
            of_query: get("q.weight")?,
            of_tokens: get("kv.weight")?,
            out: get("out.weight")?,
            biases: pooling.bias.then(biases).transpose()?,
            norm: norm("norm")?,
            heads: pooling.heads,
            operations,
        })
    }

    /// Tokens of shape (batch, tokens, token width) to shape (batch, width).
    pub(super) fn forward(&self, tokens: &Tensor) -> Result<Tensor> {
        let biases = self.biases.as_ref();
        let query = self.query_norm.forward(&self.query)?;
        let query = self.affine(&query, &self.of_query, biases.map(|b| &b.query))?;
        let tokens = self.token_norm.forward(tokens)?;
        let tokens = self.affine(&tokens, &self.of_tokens, biases.map(|b| &b.tokens))?;

        let (batch, _, both) = tokens.dims3()?;
        let width = both / 2;
        // (batch, heads, tokens, head width)
        let split = |x: Tensor| {
            let (batch, n_tokens, _) = x.dims3()?;
            x.reshape((batch, n_tokens, self.heads, width / self.heads))?
                .transpose(1, 2)?
                .contiguous()
        };
        let key = split(tokens.narrow(2, 0, width)?)?;
        let value = split(tokens.narrow(2, width, width)?)?;
        let query = split(query.broadcast_as((batch, 1, width))?.contiguous()?)?;

        let scale = ((width / self.heads) as f64).powf(-0.5);
        let products = query.matmul(&key.t()?)?;
        let weights = self.operations.scaled_softmax(&products, scale)?;
        let mixed = weights.matmul(&value)?.transpose(1, 2)?;
        let mixed = mixed.reshape((batch, 1, width))?;
        let pooled = self.affine(&mixed, &self.out, biases.map(|b| &b.out))?;
        self.norm.forward(&pooled)?.squeeze(1)
    }

    /// (batch, tokens, inputs) to (batch, tokens, outputs).
    fn affine(&self, x: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
        let x = product(x, weight)?;
        match bias {
            Some(bias) => self.operations.add_rows(&x, bias),
            None => Ok(x),
        }
    }
}
