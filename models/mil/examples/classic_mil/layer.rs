use rand::{Rng, RngExt};

use crate::kernels::{add_scaled, dot};
use crate::recipe::Recipe;

/// A linear layer with its momentum. Weights lie by input: (inputs, outputs).
pub(crate) struct Layer {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) weight: Vec<f32>,
    pub(crate) bias: Vec<f32>,
    weight_speed: Vec<f32>,
    bias_speed: Vec<f32>,
}

impl Layer {
    /// Uniform in +-sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010), no bias.
    pub(crate) fn new(inputs: usize, outputs: usize, random: &mut impl Rng) -> Self {
        let bound = (6.0 / (inputs + outputs) as f32).sqrt();
        let n_weights = inputs * outputs;
        Self {
            inputs,
            outputs,
            weight: (0..n_weights)
                .map(|_| random.random_range(-bound..bound))
                .collect(),
            bias: vec![0.0; outputs],
            weight_speed: vec![0.0; n_weights],
            bias_speed: vec![0.0; outputs],
        }
    }

    /// Rows (n, inputs) to (n, outputs).
    #[inline(always)]
    pub(crate) fn forward(&self, rows: &[f32], out: &mut Vec<f32>) {
        out.clear();
        for row in rows.chunks_exact(self.inputs) {
            let begin = out.len();
            out.extend_from_slice(&self.bias);
            for (value, weights) in row.iter().zip(self.weight.chunks_exact(self.outputs)) {
                add_scaled(&mut out[begin..], *value, weights);
            }
        }
    }

    /// The slope of the loss by the rows, from that by the outputs.
    #[inline(always)]
    pub(crate) fn backward(&self, by_out: &[f32], by_rows: &mut Vec<f32>) {
        by_rows.clear();
        for slopes in by_out.chunks_exact(self.outputs) {
            for weights in self.weight.chunks_exact(self.outputs) {
                by_rows.push(dot(slopes, weights));
            }
        }
    }

    /// One step of descent with momentum and L2 on the weights.
    #[inline(always)]
    pub(crate) fn learn(&mut self, rows: &[f32], by_out: &[f32], recipe: &Recipe) {
        let mut gradient = vec![0.0; self.outputs];
        let weights = self.weight.chunks_exact_mut(self.outputs);
        let speeds = self.weight_speed.chunks_exact_mut(self.outputs);
        for (input, (weights, speeds)) in weights.zip(speeds).enumerate() {
            gradient.fill(0.0);
            let column = rows.iter().skip(input).step_by(self.inputs);
            for (value, slopes) in column.zip(by_out.chunks_exact(self.outputs)) {
                add_scaled(&mut gradient, *value, slopes);
            }
            for ((weight, speed), gradient) in weights.iter_mut().zip(speeds).zip(&gradient) {
                recipe.step(weight, speed, *gradient);
            }
        }
        self.learn_bias(by_out, recipe);
    }

    /// The same for a layer of one output, whose gradient is a sum of rows.
    #[inline(always)]
    pub(crate) fn learn_vector(&mut self, rows: &[f32], by_out: &[f32], recipe: &Recipe) {
        let mut gradient = vec![0.0; self.inputs];
        for (row, slope) in rows.chunks_exact(self.inputs).zip(by_out) {
            let sums = gradient.iter_mut().zip(row);
            sums.for_each(|(sum, value)| *sum += slope * value);
        }
        let moved = self.weight.iter_mut().zip(&mut self.weight_speed);
        for ((weight, speed), gradient) in moved.zip(&gradient) {
            recipe.step(weight, speed, *gradient);
        }
        self.learn_bias(by_out, recipe);
    }

    #[inline(always)]
    fn learn_bias(&mut self, by_out: &[f32], recipe: &Recipe) {
        let without_decay = Recipe {
            weight_decay: 0.0,
            ..*recipe
        };
        let moved = self.bias.iter_mut().zip(&mut self.bias_speed);
        for (at, (bias, speed)) in moved.enumerate() {
            let slope: f32 = by_out.iter().skip(at).step_by(self.outputs).sum();
            without_decay.step(bias, speed, slope);
        }
    }
}
