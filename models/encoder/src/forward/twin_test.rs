//! The forward pass against the same transformer on candle, for every switch and instruction set.

use std::error::Error;

use candle_core::{Device, Tensor};
use kernels::{Machine, bf16};
use parameters::{Parameters, Seed, Variables, seeded};

use super::Forward;
use super::arithmetic::{Arithmetic, Int8};
use crate::vit::{VisionTransformer, declarations};
use crate::{Architecture, AttentionPooling, Mlp, Pooling, PositionEmbedding};

type Tested = Result<(), Box<dyn Error>>;

const N_IMAGES: usize = 3;

fn plain() -> Architecture {
    Architecture {
        image_px: 28,
        patch_px: 7,
        width: 24,
        depth: 2,
        heads: 3,
        mlp: Mlp::GeluErf { ratio: 4.0 },
        layer_scale: false,
        registers: 0,
        position_embedding: PositionEmbedding::PrefixAndPatches,
        pre_norm: false,
        layer_norm_eps: 1e-6,
        pooling: Pooling::Class,
        projection: None,
    }
}

fn architectures() -> Vec<Architecture> {
    let attention = |bias, heads| {
        Pooling::Attention(AttentionPooling {
            width: 20,
            heads,
            bias,
            layer_norm_eps: 1e-5,
        })
    };
    vec![
        plain(),
        Architecture {
            mlp: Mlp::SwigluPacked { ratio: 3.0 },
            layer_scale: true,
            registers: 4,
            position_embedding: PositionEmbedding::ClassAndPatches,
            pooling: Pooling::ClassAndMean,
            ..plain()
        },
        Architecture {
            mlp: Mlp::SwigluAligned { ratio: 4.0 },
            layer_scale: true,
            registers: 2,
            position_embedding: PositionEmbedding::Patches,
            // An odd width of heads, and more than one vector.
            width: 57,
            ..plain()
        },
        Architecture {
            mlp: Mlp::QuickGelu { ratio: 2.5 },
            registers: 1,
            pre_norm: true,
            projection: Some(11),
            width: 160,
            heads: 2,
            ..plain()
        },
        Architecture {
            pooling: attention(true, 4),
            ..plain()
        },
        Architecture {
            pooling: attention(false, 2),
            projection: Some(7),
            ..plain()
        },
    ]
}

/// Patches of waves, and the embeddings that candle gives.
struct Twin {
    parameters: Parameters,
    patches: Vec<f32>,
    embeddings: Vec<f32>,
}

impl Twin {
    fn of(architecture: &Architecture) -> Result<Self, Box<dyn Error>> {
        let declared = declarations(architecture);
        let parameters = Variables::draw(&declared, &mut seeded(Seed(5), 0))?.parameters();
        let (n_patches, n_values) = (architecture.n_patches(), architecture.patch_values());
        let waves = 0..N_IMAGES * n_patches * n_values;
        let patches: Vec<f32> = waves.map(|at| (at as f32 * 0.37).sin()).collect();
        let shape = (N_IMAGES, n_patches, n_values);
        let tensor = Tensor::from_slice(&patches, shape, &Device::Cpu)?;
        let transformer = VisionTransformer::new(architecture, &parameters)?;
        let embeddings = transformer.pool(&transformer.tokens(&tensor)?)?;
        let embeddings = embeddings.flatten_all()?.to_vec1()?;
        Ok(Self {
            parameters,
            patches,
            embeddings,
        })
    }

    /// The embeddings of all images; those of a pass before must not matter.
    fn forward<A: Arithmetic>(
        &self,
        machine: Machine,
        architecture: &Architecture,
    ) -> Result<Vec<f32>, Box<dyn Error>> {
        let forward = Forward::<A>::new(machine, architecture, &self.parameters)?;
        let n_values = architecture.patch_values();
        let pass = |n_images: usize, sign: f32| {
            forward.run(n_images, |to| {
                let n_rows = n_images * architecture.n_patches();
                for (row, values) in self.patches.chunks_exact(n_values).take(n_rows).enumerate() {
                    let values: Vec<f32> = values.iter().map(|value| sign * value).collect();
                    to.set_row(row, &values);
                }
            })
        };
        pass(N_IMAGES + 1, -1.0);
        let one = pass(1, 1.0);
        let all = pass(N_IMAGES, 1.0);
        assert_eq!(one, all[..one.len()], "alone or together");
        Ok(all)
    }
}

#[test]
fn every_switch_gives_what_candle_gives() -> Tested {
    for architecture in architectures() {
        let twin = Twin::of(&architecture)?;
        for machine in Machine::all() {
            let found = twin.forward::<f32>(machine, &architecture)?;
            let pairs = found.iter().zip(&twin.embeddings);
            let largest = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            let set = machine.instruction_set();
            assert_eq!(found.len(), twin.embeddings.len());
            assert!(largest < 2e-5, "{set}: {largest}, {architecture:?}");
        }
    }
    Ok(())
}

#[test]
fn every_switch_holds_in_bf16() -> Tested {
    every_switch_holds::<bf16>(1e-2)
}

#[test]
fn every_switch_holds_in_int8() -> Tested {
    every_switch_holds::<Int8>(4e-2)
}

fn every_switch_holds<A: Arithmetic>(most_relative_error: f32) -> Tested {
    for architecture in architectures() {
        let twin = Twin::of(&architecture)?;
        for machine in Machine::all() {
            let found = twin.forward::<A>(machine, &architecture)?;
            let away: f32 = found
                .iter()
                .zip(&twin.embeddings)
                .map(|(a, b)| (a - b).powi(2))
                .sum();
            let norm: f32 = twin.embeddings.iter().map(|b| b * b).sum();
            let relative = (away / norm).sqrt();
            let set = machine.instruction_set();
            assert!(
                relative < most_relative_error,
                "{set}: {relative}, {architecture:?}"
            );
        }
    }
    Ok(())
}
