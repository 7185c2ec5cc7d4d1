use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Declaration, Initial, Parameters, ParametersError};

use super::layer_norm::LayerNorm;
use super::nystrom_attention::{Attended, NystromAttention};
use super::output::BagOutput;
use super::position_encoding::PositionEncoding;

/// Sizes of a TransMIL head.
#[derive(Clone, Copy, Debug)]
pub(super) struct TransMilShape {
    pub(super) dimension: usize,
    pub(super) hidden: usize,
    pub(super) heads: usize,
    pub(super) n_classes: usize,
}

/// Correlated MIL (Shao et al. 2021, algorithms 1 to 3): a class token and the projected instances
/// through attention, a position encoding of the instances laid out as a square, and attention; the
/// class token is then classified.
///
/// Instances that fill up the square repeat the first ones, so the answer depends on the order of
/// the bag: score bags in the order they were trained in.
#[derive(Debug)]
pub struct TransMil {
    projection: Linear,
    /// Shape (1, 1, hidden).
    class_token: Tensor,
    first: Layer,
    position: PositionEncoding,
    second: Layer,
    norm: LayerNorm,
    classifier: Linear,
}

/// `x + attention(norm(x))`.
#[derive(Debug)]
struct Layer {
    norm: LayerNorm,
    attention: NystromAttention,
}

impl TransMilShape {
    pub(super) fn declarations(self) -> Vec<Declaration> {
        let width = self.hidden;
        let token = Initial::TruncatedNormal { std: 1.0 };
        let mut all = Declaration::linear("projection", self.dimension, width).to_vec();
        all.push(Declaration::new("class_token", &[1, 1, width], token));
        all.extend(Layer::declarations("layer1", self));
        all.extend(PositionEncoding::declarations(width));
        all.extend(Layer::declarations("layer2", self));
        all.extend(LayerNorm::declarations("norm", width));
        all.extend(Declaration::linear("classifier", width, self.n_classes));
        all
    }
}

impl TransMil {
    pub(super) fn new(
        n_landmarks: usize,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            projection: parameters.linear("projection")?,
            class_token: parameters.get("class_token")?,
            first: Layer::new("layer1", n_landmarks, parameters)?,
            position: PositionEncoding::new(parameters)?,
            second: Layer::new("layer2", n_landmarks, parameters)?,
            norm: LayerNorm::new("norm", parameters)?,
            classifier: parameters.linear("classifier")?,
        })
    }

    /// Embeddings (n, dimension). The attention is that of the class token in the second layer.
    pub(super) fn forward(&self, embeddings: &Tensor) -> Result<BagOutput> {
        let n_instances = embeddings.dim(0)?;
        let side = side_of(n_instances);
        let tokens = self.first.forward(&self.tokens(embeddings, side)?)?.tokens;
        let encoded = self.encoded(&tokens, side)?;
        drop(tokens);
        let Attended { tokens, first_row } = self.second.forward(&encoded)?;

        let class_token = self.norm.forward(&tokens.narrow(0, 0, 1)?)?;
        Ok(BagOutput {
            logits: self.classifier.forward(&class_token)?.squeeze(0)?,
            attention: attention_of(&first_row, n_instances)?.unsqueeze(0)?,
            instance_logits: None,
            hidden: None,
            scores: None,
            grade_logits: None,
        })
    }

    /// The class token and the instances that fill the square, shape (1 + side * side, hidden).
    fn tokens(&self, embeddings: &Tensor, side: usize) -> Result<Tensor> {
        let hidden = self.projection.forward(embeddings)?.relu()?;
        let instances = filled_up(&hidden, side * side)?;
        Tensor::cat(&[&self.class_token.squeeze(0)?, &instances], 0)
    }

    /// Tokens whose instances know where they lie.
    fn encoded(&self, tokens: &Tensor, side: usize) -> Result<Tensor> {
        let instances = tokens.narrow(0, 1, side * side)?;
        let encoded = self.position.forward(&instances, side)?;
        Tensor::cat(&[&tokens.narrow(0, 0, 1)?, &encoded], 0)
    }
}

impl Layer {
    fn declarations(name: &str, shape: TransMilShape) -> Vec<Declaration> {
        let mut all = LayerNorm::declarations(&format!("{name}.norm"), shape.hidden);
        all.extend(NystromAttention::declarations(
            name,
            shape.hidden,
            shape.heads,
        ));
        all
    }

    fn new(
        name: &str,
        n_landmarks: usize,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            norm: LayerNorm::new(&format!("{name}.norm"), parameters)?,
            attention: NystromAttention::new(name, n_landmarks, parameters)?,
        })
    }

    fn forward(&self, tokens: &Tensor) -> Result<Attended> {
        let attended = self.attention.forward(&self.norm.forward(tokens)?)?;
        Ok(Attended {
            tokens: (tokens + attended.tokens)?,
            first_row: attended.first_row,
        })
    }
}

/// Side of the smallest square that holds so many.
fn side_of(n_instances: usize) -> usize {
    let below = n_instances.isqrt();
    below + usize::from(below * below < n_instances)
}

/// The first instances again at the end, up to `n_wanted`.
fn filled_up(instances: &Tensor, n_wanted: usize) -> Result<Tensor> {
    let n_missing = n_wanted - instances.dim(0)?;
    if n_missing == 0 {
        return Ok(instances.clone());
    }
    Tensor::cat(&[instances, &instances.narrow(0, 0, n_missing)?], 0)
}

/// The class token's row without itself; what a repeated instance receives is its own.
fn attention_of(first_row: &Tensor, n_instances: usize) -> Result<Tensor> {
    let n_repeated = first_row.dim(0)? - 1 - n_instances;
    let own = first_row.narrow(0, 1, n_instances)?;
    if n_repeated == 0 {
        return Ok(own);
    }
    let repeated = first_row.narrow(0, 1 + n_instances, n_repeated)?;
    own + repeated.pad_with_zeros(0, 0, n_instances - n_repeated)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_square_is_the_smallest() {
        let sides = [1, 2, 4, 5, 9, 10, 99_856, 100_000].map(side_of);
        assert_eq!(sides, [1, 2, 2, 3, 3, 4, 316, 317]);
    }
}
