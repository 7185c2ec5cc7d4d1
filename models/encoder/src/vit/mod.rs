//! The transformer itself, written for batches, with timm's names.

mod attention;
mod attention_pooling;
mod block;
mod declarations;
mod linear;
mod mlp;
mod norm;
mod operations;
mod patch_embedding;
mod pool;
mod tokens;
mod transformer;

pub(crate) use attention::{Sight, attention_scale};
pub(crate) use block::{Block, BlockShape};
pub(crate) use declarations::{blocks, declarations};
pub(crate) use norm::LayerNorm;
pub(crate) use operations::Operations;
pub(crate) use transformer::VisionTransformer;

#[cfg(test)]
mod tests {
    use std::error::Error;

    use candle_core::{Device, Tensor};
    use parameters::{Gradients, Seed, Variables, seeded};

    use super::*;
    use crate::{Architecture, AttentionPooling, Mlp, Pooling, PositionEmbedding};

    /// Every switch is on, but for those that another takes the place of.
    fn architecture() -> Architecture {
        Architecture {
            image_px: 16,
            patch_px: 4,
            width: 8,
            depth: 2,
            heads: 2,
            mlp: Mlp::SwigluPacked { ratio: 3.0 },
            layer_scale: true,
            registers: 2,
            position_embedding: PositionEmbedding::PrefixAndPatches,
            pre_norm: true,
            layer_norm_eps: 1e-6,
            pooling: Pooling::ClassAndMean,
            projection: Some(5),
        }
    }

    /// The switches that `architecture` has no place for.
    fn other_architecture() -> Architecture {
        Architecture {
            mlp: Mlp::QuickGelu { ratio: 2.0 },
            position_embedding: PositionEmbedding::ClassAndPatches,
            pooling: Pooling::Attention(AttentionPooling {
                width: 6,
                heads: 3,
                bias: true,
                layer_norm_eps: 1e-5,
            }),
            ..architecture()
        }
    }

    fn variables(architecture: &Architecture) -> Result<Variables, Box<dyn Error>> {
        let declared = declarations(architecture);
        Ok(Variables::draw(&declared, &mut seeded(Seed(3), 0))?)
    }

    /// Embeddings of three images of waves.
    fn forward(
        architecture: &Architecture,
        variables: &Variables,
    ) -> Result<Tensor, Box<dyn Error>> {
        let waves = (0..3 * 16 * 48)
            .map(|at| (at as f32 * 0.37).sin())
            .collect();
        let patches = Tensor::from_vec(waves, (3, 16, 48), &Device::Cpu)?;
        let parameters = variables.parameters();
        let transformer = VisionTransformer::new(architecture, &parameters)?;
        Ok(transformer.pool(&transformer.tokens(&patches)?)?)
    }

    #[test]
    fn every_parameter_receives_a_gradient() -> Result<(), Box<dyn Error>> {
        for architecture in [architecture(), other_architecture()] {
            let variables = variables(&architecture)?;
            // Not the sum: behind a layer norm that hardly depends on anything.
            let embeddings = forward(&architecture, &variables)?;
            let loss = (embeddings.sqr()? * &embeddings)?.sum_all()?;
            let gradients = Gradients::of(&variables, &loss.backward()?)?;
            for ((name, _), gradient) in variables.iter().zip(gradients.iter()) {
                let largest = gradient.abs()?.max_all()?.to_scalar::<f32>()?;
                assert!(largest > 1e-7, "{name}: {largest}");
            }
        }
        Ok(())
    }
}
