use candle_core::{Result, Tensor};

use super::linear::{BranchEnd, Linear};
use super::operations::Operations;

/// The most products of query and key that are held at once, of all heads and images together:
/// 256 MB of them in bf16.
///
/// Flash attention would hold none. candle has it, but as a crate that fetches CUTLASS from GitHub
/// and compiles it for hours, so this takes as many queries at a time as fit.
const MOST_PRODUCTS: usize = 1 << 27;

/// Which tokens a token attends to.
#[derive(Clone, Debug)]
pub(crate) enum Sight {
    All,
    /// What to add to the products of query and key, of shape (tokens, tokens).
    Masked(Tensor),
}

/// Multi-head self-attention with query, key and value in one matrix (Vaswani et al. 2017).
#[derive(Debug)]
pub(super) struct Attention {
    pub(super) qkv: Linear,
    pub(super) end: BranchEnd,
    pub(super) heads: usize,
    pub(super) scale: f64,
    pub(super) operations: Operations,
}

/// What products of query and key are multiplied with.
pub(crate) fn attention_scale(width: usize, heads: usize) -> f64 {
    ((width / heads) as f64).powf(-0.5)
}

impl Attention {
    /// Adds the attention over `normed` to `x`; both are (batch, tokens, width).
    pub(super) fn added_to(&self, x: &Tensor, normed: &Tensor, sight: &Sight) -> Result<Tensor> {
        let (batch, tokens, width) = x.dims3()?;
        let packed = self.qkv.product(normed)?;
        let parts = self
            .operations
            .split_heads(&packed, &self.qkv.bias, self.heads)?;
        let most_queries = MOST_PRODUCTS / (batch * self.heads * tokens);
        let mixed = self.mixed(&parts, sight, most_queries)?;
        let mixed = mixed.transpose(1, 2)?.reshape((batch, tokens, width))?;
        self.end.added_to(x, &mixed)
    }

    /// Query, key and value of shape (3, batch, heads, tokens, width of a head) to what each query
    /// gathers, `most_queries` of an image at a time.
    fn mixed(&self, parts: &Tensor, sight: &Sight, most_queries: usize) -> Result<Tensor> {
        let (query, key, value) = (parts.get(0)?, parts.get(1)?.t()?, parts.get(2)?);
        let tokens = query.dim(2)?;
        let most = most_queries.clamp(1, tokens);
        let gathered = |first: usize| {
            let n_queries = most.min(tokens - first);
            let products = query.narrow(2, first, n_queries)?.matmul(&key)?;
            let products = match sight {
                Sight::All => products,
                Sight::Masked(mask) => {
                    products.broadcast_add(&mask.narrow(0, first, n_queries)?)?
                }
            };
            let weights = self.operations.scaled_softmax(&products, self.scale)?;
            weights.matmul(&value)
        };
        let parts = (0..tokens).step_by(most).map(gathered);
        Tensor::cat(&parts.collect::<Result<Vec<_>>>()?, 2)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;
    use parameters::{Parameters, Seed, Variables, seeded};

    use super::*;
    use crate::vit::{BlockShape, blocks};

    const TOKENS: usize = 7;

    fn wave(shape: &[usize]) -> Result<Tensor> {
        let n_values = shape.iter().product::<usize>();
        let values = (0..n_values).map(|at| (at as f32 * 0.37).sin()).collect();
        Tensor::from_vec::<_, f32>(values, shape, &Device::Cpu)
    }

    fn attention(operations: Operations, parameters: &Parameters) -> Attention {
        let linear = |name| Linear::new(parameters, name).expect("it is declared");
        Attention {
            qkv: linear("blocks.0.attn.qkv"),
            end: BranchEnd {
                linear: linear("blocks.0.attn.proj"),
                layer_scale: None,
                operations,
            },
            heads: 2,
            scale: 0.5,
            operations,
        }
    }

    #[test]
    fn a_few_queries_at_a_time_gather_what_all_do()
    -> std::result::Result<(), Box<dyn std::error::Error>> {
        let shape = BlockShape {
            width: 8,
            heads: 2,
            mlp: crate::Mlp::GeluErf { ratio: 2.0 },
            layer_scale: false,
            layer_norm_eps: 1e-6,
            attention_scale: 0.5,
            operations: Operations::Composed,
        };
        let parameters = Variables::draw(&blocks(shape, 1), &mut seeded(Seed(1), 0))?.parameters();
        let parts = wave(&[3, 2, 2, TOKENS, 4])?;
        let sights = [Sight::All, Sight::Masked(wave(&[TOKENS, TOKENS])?)];
        for operations in [Operations::Fused, Operations::Composed] {
            let attention = attention(operations, &parameters);
            for sight in &sights {
                let whole = attention.mixed(&parts, sight, usize::MAX)?;
                for most in [0, 1, 3, TOKENS - 1] {
                    let found = attention.mixed(&parts, sight, most)?;
                    let away = (found - &whole)?.abs()?.max_all()?.to_scalar::<f32>()?;
                    assert!(away < 1e-6, "{most} at a time: {away}");
                }
            }
        }
        Ok(())
    }
}
