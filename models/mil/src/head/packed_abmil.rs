use candle_core::{Device, Tensor};
use flow::HeadPrecision;
use kernels::{
    Activation, Element, Ending, Linear, Machine, Operand, PackedMatrix, bf16, multiply,
};
use parameters::{Parameters, ParametersError};
use rayon::prelude::*;

/// Instances that go through the layers together, on one core: what lies between two layers stays
/// in its second-level cache.
pub(super) const ROWS: usize = 168;

/// The part of gated attention MIL that treats every instance alone, laid out for this processor
/// in each precision.
///
/// Scoring uses it; [`super::Abmil`] is the same on candle, which trains and is what this is
/// compared with. Bag and grade are linear in the instances, so a few values of each say it all.
#[derive(Debug)]
pub(super) struct PackedAbmil {
    f32: PackedLayers<f32>,
    bf16: PackedLayers<bf16>,
}

/// What a bag's instances say, each alone.
#[derive(Debug)]
pub(super) struct PackedInstances {
    /// Attention before the softmax.
    pub(super) scores: Vec<f32>,
    /// Rows of `n_answers`.
    pub(super) answers: Vec<f32>,
    pub(super) n_answers: usize,
}

impl PackedAbmil {
    /// `severity` of shape (1, hidden), of a head that grades.
    pub(super) fn new(
        parameters: &Parameters,
        severity: Option<&Tensor>,
    ) -> Result<Self, ParametersError> {
        let layer = |name: &str| Values::read(parameters, name);
        let mut answers = layer("detection")?;
        if let Some(severity) = severity {
            answers.weight.extend(values(severity)?);
            answers.bias.push(0.0);
        }
        let layers = Layers {
            projection: layer("projection")?,
            attention: layer("attention_V")?.above(&layer("attention_U")?),
            score: layer("attention_w")?,
            answers,
        };
        let machine = Machine::best();
        Ok(Self {
            f32: PackedLayers::new(machine, &layers),
            bf16: PackedLayers::new(machine, &layers),
        })
    }

    /// Of a bag of `n * dimension` values, on all cores.
    pub(super) fn instances(
        &self,
        embeddings: &[f32],
        precision: HeadPrecision,
    ) -> PackedInstances {
        match precision {
            HeadPrecision::F32 => self.f32.instances(embeddings),
            HeadPrecision::Bf16 => self.bf16.instances(embeddings),
        }
    }
}

impl PackedInstances {
    /// Scores (n, 1) and answers (n, n_answers).
    pub(super) fn tensors(self) -> candle_core::Result<(Tensor, Tensor)> {
        let n_instances = self.scores.len();
        let answers = (n_instances, self.n_answers);
        Ok((
            Tensor::from_vec(self.scores, (n_instances, 1), &Device::Cpu)?,
            Tensor::from_vec(self.answers, answers, &Device::Cpu)?,
        ))
    }

    /// The answers under `shares`, which sum to 1.
    pub(super) fn pooled(&self, shares: &[f32]) -> Vec<f32> {
        let mut sums = vec![0.0; self.n_answers];
        for (share, answers) in shares.iter().zip(self.answers.chunks_exact(self.n_answers)) {
            for (sum, answer) in sums.iter_mut().zip(answers) {
                *sum += f64::from(*share) * f64::from(*answer);
            }
        }
        sums.into_iter().map(|sum| sum as f32).collect()
    }
}

/// The layers in one precision.
#[derive(Debug)]
struct PackedLayers<E> {
    machine: Machine,
    projection: PackedMatrix<E>,
    /// Content and gate.
    attention: PackedMatrix<E>,
    score: PackedMatrix<E>,
    /// The logit of each class; of a head that grades, the severity behind them.
    answers: PackedMatrix<E>,
}

impl<E: Element> PackedLayers<E> {
    fn new(machine: Machine, layers: &Layers) -> Self {
        Self {
            machine,
            projection: PackedMatrix::new(machine, layers.projection.linear()),
            attention: PackedMatrix::halves(machine, layers.attention.linear()),
            score: PackedMatrix::new(machine, layers.score.linear()),
            answers: PackedMatrix::new(machine, layers.answers.linear()),
        }
    }

    fn instances(&self, embeddings: &[f32]) -> PackedInstances {
        let dimension = self.projection.n_inputs();
        let n_answers = self.answers.n_outputs();
        let n_instances = embeddings.len() / dimension;
        let mut scores = vec![0.0; n_instances];
        let mut answers = vec![0.0; n_instances * n_answers];
        let blocks = embeddings.par_chunks(ROWS * dimension);
        let to = scores.par_chunks_mut(ROWS);
        let to = to.zip(answers.par_chunks_mut(ROWS * n_answers));
        blocks.zip(to).for_each_init(
            || Workspace::of(self),
            |space, (from, to)| space.run(self, from, to),
        );
        PackedInstances {
            scores,
            answers,
            n_answers,
        }
    }
}

/// What lies between the layers of a block. What comes out of the last ones is not rounded.
struct Workspace<E> {
    embeddings: Operand<E>,
    hidden: Operand<E>,
    attended: Operand<E>,
    score: Operand<f32>,
    answers: Operand<f32>,
}

impl<E: Element> Workspace<E> {
    fn of(layers: &PackedLayers<E>) -> Self {
        let rows = |n_columns| Operand::zeros(ROWS, n_columns);
        Self {
            embeddings: rows(layers.projection.n_inputs()),
            hidden: rows(layers.attention.n_inputs()),
            attended: rows(layers.score.n_inputs()),
            score: Operand::zeros(ROWS, 1),
            answers: Operand::zeros(ROWS, layers.answers.n_outputs()),
        }
    }

    fn run(
        &mut self,
        layers: &PackedLayers<E>,
        from: &[f32],
        (scores, answers): (&mut [f32], &mut [f32]),
    ) {
        let n_rows = scores.len();
        self.embeddings.set_rows(layers.machine, from);
        let layer = |from: &Operand<E>, by: &PackedMatrix<E>, to: &mut Operand<E>, activation| {
            let ending = Ending::Written {
                to,
                first: 0,
                activation,
            };
            multiply(from, 0..n_rows, by, ending);
        };
        layer(
            &self.embeddings,
            &layers.projection,
            &mut self.hidden,
            Activation::Relu,
        );
        layer(
            &self.hidden,
            &layers.attention,
            &mut self.attended,
            Activation::AttentionGate,
        );
        let last = |from: &Operand<E>, by: &PackedMatrix<E>, to: &mut Operand<f32>| {
            for row in 0..n_rows {
                to.row_mut(row).fill(0.0);
            }
            multiply(from, 0..n_rows, by, Ending::Added { to, first: 0 });
        };
        last(&self.attended, &layers.score, &mut self.score);
        last(&self.hidden, &layers.answers, &mut self.answers);
        let n_answers = self.answers.n_columns();
        let to = scores.iter_mut().zip(answers.chunks_exact_mut(n_answers));
        for (row, (score, answers)) in to.enumerate() {
            *score = self.score.row(row)[0];
            answers.copy_from_slice(self.answers.row(row));
        }
    }
}

/// The values of all layers.
struct Layers {
    projection: Values,
    attention: Values,
    score: Values,
    answers: Values,
}

/// A linear layer's values.
struct Values {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Values {
    fn read(parameters: &Parameters, name: &str) -> Result<Self, ParametersError> {
        Ok(Self {
            weight: values(&parameters.get(&format!("{name}.weight"))?)?,
            bias: values(&parameters.get(&format!("{name}.bias"))?)?,
        })
    }

    /// One layer with the outputs of both.
    fn above(mut self, other: &Self) -> Self {
        self.weight.extend(&other.weight);
        self.bias.extend(&other.bias);
        self
    }

    fn linear(&self) -> Linear<'_> {
        let n_outputs = self.bias.len();
        Linear {
            weight: &self.weight,
            bias: &self.bias,
            n_inputs: self.weight.len() / n_outputs,
            n_outputs,
        }
    }
}

fn values(tensor: &Tensor) -> candle_core::Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}
