use kernels::{Ending, Machine, Operand, PackedMatrix, multiply};
use parameters::{Parameters, ParametersError};

use super::attention_pooling::AttentionPool;
use super::layers::Layer;
use crate::{Architecture, Pooling};

/// From the tokens after the last norm to embeddings, all in f32.
#[derive(Debug)]
pub(super) struct Pool {
    kind: Kind,
    /// CLIP's, without bias.
    projection: Option<PackedMatrix<f32>>,
    pooled_width: usize,
    n_tokens: usize,
}

#[derive(Debug)]
enum Kind {
    Class,
    /// How many tokens stand before the patches.
    ClassAndMean(usize),
    Attention(Box<AttentionPool>),
}

impl Pool {
    pub(super) fn new(
        machine: Machine,
        architecture: &Architecture,
        parameters: &Parameters,
    ) -> Result<Self, ParametersError> {
        let projection = || {
            let layer = Layer::new(&parameters.get("projection.weight")?, None)?;
            Ok::<_, ParametersError>(layer.packed(machine))
        };
        Ok(Self {
            kind: match architecture.pooling {
                Pooling::Class => Kind::Class,
                Pooling::ClassAndMean => Kind::ClassAndMean(architecture.n_prefix()),
                Pooling::Attention(pooling) => {
                    let pool = AttentionPool::new(machine, pooling, parameters)?;
                    Kind::Attention(Box::new(pool))
                }
            },
            projection: architecture.projection.map(|_| projection()).transpose()?,
            pooled_width: architecture.pooled_width(),
            n_tokens: architecture.n_prefix() + architecture.n_patches(),
        })
    }

    /// The embeddings of `n_images` images, one after another.
    pub(super) fn run(&self, tokens: &Operand<f32>, n_images: usize) -> Vec<f32> {
        let mut pooled = Operand::zeros(n_images, self.pooled_width);
        match &self.kind {
            Kind::Class => {
                for image in 0..n_images {
                    pooled.set_row(image, tokens.row(image * self.n_tokens));
                }
            }
            Kind::ClassAndMean(n_prefix) => {
                for image in 0..n_images {
                    self.class_and_mean(tokens, image, *n_prefix, pooled.row_mut(image));
                }
            }
            Kind::Attention(pool) => pool.run(tokens, self.n_tokens, &mut pooled),
        }
        let embeddings = match &self.projection {
            None => pooled,
            Some(projection) => {
                let mut projected = Operand::zeros(n_images, projection.n_outputs());
                let ending = Ending::Added {
                    to: &mut projected,
                    first: 0,
                };
                multiply(&pooled, 0..n_images, projection, ending);
                projected
            }
        };
        let rows = (0..n_images).flat_map(|image| embeddings.row(image));
        rows.copied().collect()
    }

    fn class_and_mean(
        &self,
        tokens: &Operand<f32>,
        image: usize,
        n_prefix: usize,
        pooled: &mut [f32],
    ) {
        let first = image * self.n_tokens;
        let (class, mean) = pooled.split_at_mut(self.pooled_width / 2);
        class.copy_from_slice(tokens.row(first));
        for token in n_prefix..self.n_tokens {
            for (mean, value) in mean.iter_mut().zip(tokens.row(first + token)) {
                *mean += value;
            }
        }
        let share = 1.0 / (self.n_tokens - n_prefix) as f32;
        mean.iter_mut().for_each(|mean| *mean *= share);
    }
}
