use rand::Rng;

use crate::kernels::dot;
use crate::layer::Layer;
use crate::recipe::Recipe;

/// Widths of the three layers that every instance passes, and of the attention.
const HIDDEN: [usize; 3] = [256, 128, 64];
const ATTENTION: usize = 64;

/// The two poolings of Ilse et al. (2018): equations 8 and 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attention {
    Plain,
    Gated,
}

/// Three layers with ReLU and dropout of one half, attention, one logit.
///
/// Written out by hand: a step here costs 0.2 ms, of which general tensors would only be the
/// overhead. `network_test.rs` holds its slopes.
pub(crate) struct Network {
    pub(crate) layers: [Layer; 3],
    pub(crate) content: Layer,
    pub(crate) gate: Option<Layer>,
    /// From the gated content to the score, and from the pooled bag to the logit: vectors.
    pub(crate) score: Layer,
    pub(crate) classifier: Layer,
    bag: Pass,
}

/// What a forward pass leaves for the way back.
#[derive(Default)]
struct Pass {
    /// After each layer, ReLU and dropout: (n, width).
    hidden: [Vec<f32>; 3],
    /// After tanh and sigmoid: (n, attention).
    content: Vec<f32>,
    gate: Vec<f32>,
    /// Their product.
    gated: Vec<f32>,
    /// Shares that add up to 1: (n).
    attention: Vec<f32>,
    /// (hidden)
    pooled: Vec<f32>,
}

impl Network {
    pub(crate) fn new(dimension: usize, attention: Attention, random: &mut impl Rng) -> Self {
        let [first, second, third] = HIDDEN;
        Self {
            layers: [
                Layer::new(dimension, first, random),
                Layer::new(first, second, random),
                Layer::new(second, third, random),
            ],
            content: Layer::new(third, ATTENTION, random),
            gate: (attention == Attention::Gated).then(|| Layer::new(third, ATTENTION, random)),
            score: Layer::new(ATTENTION, 1, random),
            classifier: Layer::new(third, 1, random),
            bag: Pass::default(),
        }
    }

    /// Instances (n, dimension) to the bag's logit. `drop` says of each hidden value how it goes on:
    /// times 0 or 2 in training, times 1 afterwards.
    #[inline(always)]
    pub(crate) fn forward(&mut self, instances: &[f32], mut drop: impl FnMut() -> f32) -> f32 {
        let pass = &mut self.bag;
        let mut rows = instances;
        for (layer, hidden) in self.layers.iter().zip(&mut pass.hidden) {
            layer.forward(rows, hidden);
            for value in hidden.iter_mut() {
                *value = value.max(0.0) * drop();
            }
            rows = hidden;
        }
        self.content.forward(rows, &mut pass.content);
        pass.content
            .iter_mut()
            .for_each(|value| *value = value.tanh());
        pass.gated.clone_from(&pass.content);
        if let Some(gate) = &self.gate {
            gate.forward(rows, &mut pass.gate);
            for (gate, gated) in pass.gate.iter_mut().zip(&mut pass.gated) {
                *gate = 1.0 / (1.0 + (-*gate).exp());
                *gated *= *gate;
            }
        }
        let scores = pass.gated.chunks_exact(ATTENTION);
        pass.attention.clear();
        pass.attention
            .extend(scores.map(|row| dot(row, &self.score.weight)));
        softmax(&mut pass.attention);
        pass.pooled.clear();
        pass.pooled.resize(HIDDEN[2], 0.0);
        for (row, share) in rows.chunks_exact(HIDDEN[2]).zip(&pass.attention) {
            let pooled = pass.pooled.iter_mut().zip(row);
            pooled.for_each(|(pooled, value)| *pooled += share * value);
        }
        dot(&pass.pooled, &self.classifier.weight) + self.classifier.bias[0]
    }

    /// One step down the loss, given its slope by the logit of the last forward pass and what that
    /// pass dropped.
    #[inline(always)]
    pub(crate) fn learn(
        &mut self,
        instances: &[f32],
        by_logit: f32,
        dropped: f32,
        recipe: &Recipe,
    ) {
        let pass = &self.bag;
        let last = &pass.hidden[2];
        let by_pooled: Vec<f32> = self
            .classifier
            .weight
            .iter()
            .map(|w| w * by_logit)
            .collect();
        self.classifier
            .learn_vector(&pass.pooled, &[by_logit], recipe);

        // Through the softmax: a share gains what its instance adds above the mean.
        let gains: Vec<f32> = last
            .chunks_exact(HIDDEN[2])
            .map(|row| dot(row, &by_pooled))
            .collect();
        let mean: f32 = gains.iter().zip(&pass.attention).map(|(g, a)| g * a).sum();
        let shares = pass.attention.iter().zip(&gains);
        let by_score: Vec<f32> = shares.map(|(share, gain)| share * (gain - mean)).collect();

        let mut by_last = Vec::with_capacity(last.len());
        for share in &pass.attention {
            by_last.extend(by_pooled.iter().map(|slope| share * slope));
        }
        let (mut by_content, mut by_gate) = (Vec::new(), Vec::new());
        for (row, slope) in by_score.iter().enumerate() {
            for column in 0..ATTENTION {
                let at = row * ATTENTION + column;
                let by_gated = slope * self.score.weight[column];
                let content = pass.content[at];
                let gate = pass.gate.get(at).copied().unwrap_or(1.0);
                by_content.push(by_gated * gate * (1.0 - content * content));
                by_gate.push(by_gated * content * gate * (1.0 - gate));
            }
        }
        add_back(&mut self.content, last, &by_content, &mut by_last, recipe);
        if let Some(gate) = &mut self.gate {
            add_back(gate, last, &by_gate, &mut by_last, recipe);
        }
        self.score.learn_vector(&pass.gated, &by_score, recipe);

        let mut slopes = by_last;
        for depth in (0..3).rev() {
            // A value that ReLU or dropout made 0 passes nothing on.
            for (slope, value) in slopes.iter_mut().zip(&pass.hidden[depth]) {
                *slope = if *value > 0.0 { *slope * dropped } else { 0.0 };
            }
            let below = if depth == 0 {
                instances
            } else {
                &pass.hidden[depth - 1]
            };
            let mut by_below = Vec::new();
            if depth > 0 {
                self.layers[depth].backward(&slopes, &mut by_below);
            }
            self.layers[depth].learn(below, &slopes, recipe);
            slopes = by_below;
        }
    }
}

/// Adds the slopes by a layer's rows to `by_rows`, and teaches the layer. No closure, which would be
/// compiled without what the processor has.
#[inline(always)]
fn add_back(layer: &mut Layer, rows: &[f32], by_out: &[f32], by_rows: &mut [f32], recipe: &Recipe) {
    let mut part = Vec::new();
    layer.backward(by_out, &mut part);
    for (sum, part) in by_rows.iter_mut().zip(&part) {
        *sum += part;
    }
    layer.learn(rows, by_out, recipe);
}

#[inline(always)]
fn softmax(scores: &mut [f32]) {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - highest).exp();
        sum += *score;
    }
    scores.iter_mut().for_each(|share| *share /= sum);
}
