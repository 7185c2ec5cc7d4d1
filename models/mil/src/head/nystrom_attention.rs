use candle_core::{D, Result, Tensor};
use candle_nn::{Linear, Module, ops};
use parameters::{Declaration, Initial, Parameters, ParametersError};

use super::pseudo_inverse::pseudo_inverse;
use super::shifted_sum::shifted_sum;

/// Rows the convolution of the values reaches to.
const KERNEL: usize = 33;
const MARGIN: usize = KERNEL / 2;

/// Self-attention in a memory that grows with n, not with n x n (Xiong et al. 2021, eq. 13 to 15):
/// `softmax(Q K~^T) pinv(softmax(Q~ K~^T)) softmax(Q~ K^T) V + conv(V)`, where `Q~` and `K~` are
/// the means of as many runs of rows as there are landmarks.
#[derive(Debug)]
pub(super) struct NystromAttention {
    /// Shape (3 * width, width): of queries, keys and values.
    query_key_value: Tensor,
    /// Shape (heads, 1, KERNEL, 1).
    residual: Tensor,
    output: Linear,
    n_landmarks: usize,
}

/// What attention makes of a bag's tokens.
pub(super) struct Attended {
    /// Shape (n, width).
    pub(super) tokens: Tensor,
    /// How the first token attends to every token, the mean of the heads, shape (n).
    pub(super) first_row: Tensor,
}

/// One head's part of the queries, keys or values and of their landmarks.
struct Part {
    /// Shape (n, head width).
    rows: Tensor,
    /// Shape (landmarks, head width).
    landmarks: Tensor,
}

impl NystromAttention {
    pub(super) fn declarations(name: &str, width: usize, n_heads: usize) -> Vec<Declaration> {
        let inputs = format!("{name}.query_key_value.weight");
        let residual = format!("{name}.residual.weight");
        let std = 1.0 / KERNEL as f32;
        let mut all = vec![
            Declaration::new(inputs, &[3 * width, width], Initial::Glorot),
            Declaration::new(
                residual,
                &[n_heads, 1, KERNEL, 1],
                Initial::TruncatedNormal { std },
            ),
        ];
        all.extend(Declaration::linear(&format!("{name}.output"), width, width));
        all
    }

    pub(super) fn new(
        name: &str,
        n_landmarks: usize,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            query_key_value: parameters.get(&format!("{name}.query_key_value.weight"))?,
            residual: parameters.get(&format!("{name}.residual.weight"))?,
            output: parameters.linear(&format!("{name}.output"))?,
            n_landmarks,
        })
    }

    /// Tokens (n, width).
    pub(super) fn forward(&self, tokens: &Tensor) -> Result<Attended> {
        let (n_tokens, width) = tokens.dims2()?;
        // In front, as the published models do: their landmarks depend on it.
        let n_padding = n_tokens.next_multiple_of(self.n_landmarks) - n_tokens;
        let padded = tokens.pad_with_zeros(0, n_padding, 0)?;
        let head_width = width / self.n_heads()?;
        let scale = (head_width as f64).sqrt();
        let queries = self.parts(&(self.projected(&padded, 0)? / scale)?)?;
        let keys = self.parts(&self.projected(&padded, 1)?)?;
        let values = self.projected(&padded, 2)?;
        let inverses = pseudo_inverse(&between_landmarks(&queries, &keys)?)?;
        let (mut heads, mut first_rows) = (Vec::new(), Vec::new());
        // One head after another, so that a large bag needs the memory of a single one.
        for (head, (query, key)) in queries.iter().zip(&keys).enumerate() {
            let value = values
                .narrow(1, head * head_width, head_width)?
                .contiguous()?;
            let far = softmax_of(&query.landmarks, &key.rows)?;
            let near = softmax_of(&query.rows, &key.landmarks)?;
            let inverse = inverses.get(head)?;
            heads.push(near.matmul(&inverse.matmul(&far.matmul(&value)?)?)?);
            let first = near.narrow(0, n_padding, 1)?.matmul(&inverse)?;
            first_rows.push(first.matmul(&far)?.narrow(1, n_padding, n_tokens)?);
        }
        let mixed = (Tensor::cat(&heads, 1)? + self.convolved(&values)?)?;
        let mixed = mixed.narrow(0, n_padding, n_tokens)?;
        Ok(Attended {
            tokens: self.output.forward(&mixed)?,
            first_row: Tensor::cat(&first_rows, 0)?.mean(0)?,
        })
    }

    fn n_heads(&self) -> Result<usize> {
        self.residual.dim(0)
    }

    /// Queries (0), keys (1) or values (2), shape (n, width).
    fn projected(&self, tokens: &Tensor, which: usize) -> Result<Tensor> {
        let width = tokens.dim(1)?;
        let weight = self.query_key_value.narrow(0, which * width, width)?;
        tokens.matmul(&weight.t()?)
    }

    /// Rows (n, width) head by head, n a multiple of the landmarks.
    fn parts(&self, rows: &Tensor) -> Result<Vec<Part>> {
        let (n_rows, width) = rows.dims2()?;
        let runs = rows.reshape((self.n_landmarks, n_rows / self.n_landmarks, width))?;
        let landmarks = runs.mean(1)?;
        let n_heads = self.n_heads()?;
        let head_width = width / n_heads;
        let of_head = |rows: &Tensor, head: usize| {
            rows.narrow(1, head * head_width, head_width)?.contiguous()
        };
        let part = |head| {
            Ok(Part {
                rows: of_head(rows, head)?,
                landmarks: of_head(&landmarks, head)?,
            })
        };
        (0..n_heads).map(part).collect()
    }

    /// The values (n, width) convolved along the bag, each head with a kernel of its own.
    fn convolved(&self, values: &Tensor) -> Result<Tensor> {
        let (n_rows, width) = values.dims2()?;
        let n_heads = self.n_heads()?;
        let kernels = self.residual.reshape((n_heads, KERNEL))?.t()?;
        let kernels = kernels
            .unsqueeze(2)?
            .broadcast_as((KERNEL, n_heads, width / n_heads))?;
        let kernels = kernels.contiguous()?.reshape((KERNEL, width))?;
        let offsets: Vec<usize> = (0..KERNEL).collect();
        let rows = values.pad_with_zeros(0, MARGIN, MARGIN)?;
        shifted_sum(&rows, &kernels, &offsets, n_rows)
    }
}

/// How the query landmarks attend to the key landmarks, shape (heads, landmarks, landmarks).
fn between_landmarks(queries: &[Part], keys: &[Part]) -> Result<Tensor> {
    let pairs = queries.iter().zip(keys);
    let shares = pairs.map(|(query, key)| softmax_of(&query.landmarks, &key.landmarks));
    Tensor::stack(&shares.collect::<Result<Vec<_>>>()?, 0)
}

fn softmax_of(queries: &Tensor, keys: &Tensor) -> Result<Tensor> {
    ops::softmax(&queries.matmul(&keys.t()?)?, D::Minus1)
}
