use candle_core::{Device, Tensor};
use kernels::{Activation, Ending, Linear, Machine, Operand, PackedMatrix, multiply};
use parameters::{Parameters, ParametersError};
use rayon::prelude::*;

/// Instances that go through the layers together, on one core: what lies between two layers stays
/// in its second-level cache.
const ROWS: usize = 168;

/// The part of gated attention MIL that treats every instance alone, laid out for this processor.
///
/// Scoring uses it; [`super::Abmil`] is the same on candle, which trains and is what this is
/// compared with. Bag and grade are linear in the instances, so a few values of each say it all.
#[derive(Debug)]
pub(super) struct PackedAbmil {
    projection: PackedMatrix<f32>,
    /// Content and gate.
    attention: PackedMatrix<f32>,
    score: PackedMatrix<f32>,
    /// The logit of each class; of a head that grades, the severity behind them.
    answers: PackedMatrix<f32>,
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

/// A linear layer's values.
struct Values {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl PackedAbmil {
    /// `severity` of shape (1, hidden), of a head that grades.
    pub(super) fn new(
        parameters: &Parameters,
        severity: Option<&Tensor>,
    ) -> Result<Self, ParametersError> {
        let machine = Machine::best();
        let layer = |name: &str| Values::read(parameters, name);
        let mut answers = layer("detection")?;
        if let Some(severity) = severity {
            answers.weight.extend(values(severity)?);
            answers.bias.push(0.0);
        }
        let attention = layer("attention_V")?.above(&layer("attention_U")?);
        Ok(Self {
            projection: PackedMatrix::new(machine, layer("projection")?.linear()),
            attention: PackedMatrix::halves(machine, attention.linear()),
            score: PackedMatrix::new(machine, layer("attention_w")?.linear()),
            answers: PackedMatrix::new(machine, answers.linear()),
        })
    }

    /// Of a bag of `n * dimension` values, on all cores.
    pub(super) fn instances(&self, embeddings: &[f32]) -> PackedInstances {
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

/// What lies between the layers of a block.
struct Workspace {
    embeddings: Operand<f32>,
    hidden: Operand<f32>,
    attended: Operand<f32>,
    score: Operand<f32>,
    answers: Operand<f32>,
}

impl Workspace {
    fn of(head: &PackedAbmil) -> Self {
        let rows = |n_columns| Operand::zeros(ROWS, n_columns);
        Self {
            embeddings: rows(head.projection.n_inputs()),
            hidden: rows(head.attention.n_inputs()),
            attended: rows(head.score.n_inputs()),
            score: rows(1),
            answers: rows(head.answers.n_outputs()),
        }
    }

    fn run(
        &mut self,
        head: &PackedAbmil,
        from: &[f32],
        (scores, answers): (&mut [f32], &mut [f32]),
    ) {
        let n_rows = scores.len();
        for (row, embedding) in from.chunks_exact(head.projection.n_inputs()).enumerate() {
            self.embeddings.set_row(row, embedding);
        }
        let layer =
            |from: &Operand<f32>, by: &PackedMatrix<f32>, to: &mut Operand<f32>, activation| {
                let ending = Ending::Written {
                    to,
                    first: 0,
                    activation,
                };
                multiply(from, 0..n_rows, by, ending);
            };
        layer(
            &self.embeddings,
            &head.projection,
            &mut self.hidden,
            Activation::Relu,
        );
        layer(
            &self.hidden,
            &head.attention,
            &mut self.attended,
            Activation::AttentionGate,
        );
        layer(
            &self.attended,
            &head.score,
            &mut self.score,
            Activation::None,
        );
        layer(
            &self.hidden,
            &head.answers,
            &mut self.answers,
            Activation::None,
        );
        let n_answers = self.answers.n_columns();
        let to = scores.iter_mut().zip(answers.chunks_exact_mut(n_answers));
        for (row, (score, answers)) in to.enumerate() {
            *score = self.score.row(row)[0];
            answers.copy_from_slice(self.answers.row(row));
        }
    }
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

#[cfg(test)]
mod tests {
    use parameters::{Parameters, Seed, Variables, seeded};
    use rand::RngExt;

    use super::*;
    use crate::MilError;
    use crate::head::abmil::Abmil;
    use crate::head::{BagOutput, HeadConfig};

    const DIMENSION: usize = 37;

    fn head(n_classes: usize, highest_grade: Option<u8>) -> Result<(Abmil, Parameters), MilError> {
        let config = HeadConfig::GatedAbmil {
            dimension: DIMENSION as u32,
            hidden: 24,
            attention: 10,
            n_classes,
            highest_grade,
        };
        let variables = Variables::draw(&config.declarations(), &mut seeded(Seed(5), 0))?;
        let parameters = variables.parameters();
        Ok((Abmil::new(&config, &parameters)?, parameters))
    }

    fn bag(n_instances: usize) -> candle_core::Result<Tensor> {
        let mut random = seeded(Seed(n_instances as u64), 1);
        let values = (0..n_instances * DIMENSION).map(|_| random.random_range(-3.0..3.0_f32));
        Tensor::from_vec(values.collect(), (n_instances, DIMENSION), &Device::Cpu)
    }

    fn assert_near(found: &Tensor, expected: &Tensor) -> candle_core::Result<()> {
        assert_eq!(found.dims(), expected.dims());
        let away = (found - expected)?.abs()?.flatten_all()?.max(0)?;
        let away = away.to_scalar::<f32>()?;
        assert!(away < 5e-6, "{away}");
        Ok(())
    }

    #[test]
    fn packed_and_not_a_head_says_the_same() -> Result<(), MilError> {
        for (n_classes, highest_grade) in [(1, Some(5)), (1, None), (3, None)] {
            let (plain, parameters) = head(n_classes, highest_grade)?;
            let (mut packed, _) = head(n_classes, highest_grade)?;
            packed.pack(&parameters)?;
            for n_instances in [1, 2, ROWS - 1, ROWS, 2 * ROWS + 5] {
                let bag = bag(n_instances)?;
                let BagOutput {
                    logits,
                    attention,
                    instance_logits,
                    scores,
                    grade_logits,
                    ..
                } = packed.score(&bag)?;
                let twin = plain.score(&bag)?;
                assert_near(&logits, &twin.logits)?;
                assert_near(&attention, &twin.attention)?;
                let optional = [
                    (instance_logits, twin.instance_logits),
                    (scores, twin.scores),
                    (grade_logits, twin.grade_logits),
                ];
                for (found, expected) in optional {
                    assert_eq!(found.is_some(), expected.is_some());
                    if let Some((found, expected)) = found.zip(expected) {
                        assert_near(&found, &expected)?;
                    }
                }
                let (found, expected) = (packed.terms(&bag)?, plain.terms(&bag)?);
                assert_near(&found.scores, &expected.scores)?;
                assert_near(&found.logits, &expected.logits)?;
                assert_eq!(found.severity.is_some(), expected.severity.is_some());
                if let Some((found, expected)) = found.severity.zip(expected.severity) {
                    assert_near(&found, &expected)?;
                }
            }
        }
        Ok(())
    }
}
