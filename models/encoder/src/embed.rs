use flow::{EncoderRef, Mpp};
use parameters::Parameters;

use crate::lanes::Lanes;
use crate::preprocess::Preprocessor;
use crate::vit::{VisionTransformer, declarations};
use crate::{EncoderConfig, EncoderError, Picture, RgbTile, Untrained};

/// Tiles in one forward pass: enough to keep the matrix products busy, few enough that a pass's
/// activations stay in the cache.
const TILES_PER_PASS: usize = 4;

/// A configured transformer with its weights, ready to embed tiles on the CPU in f32.
#[derive(Debug)]
pub struct Encoder {
    config: EncoderConfig,
    reference: EncoderRef,
    preprocessor: Preprocessor,
    transformer: VisionTransformer,
    lanes: Lanes,
}

impl Encoder {
    /// Reads `encoder.json` and the weights it names.
    ///
    /// # Errors
    /// If the configuration is impossible, the weights have another sha256, or their names and
    /// shapes are not those of the architecture.
    pub fn load(encoder_json: &[u8], weights: &[u8]) -> Result<Self, EncoderError> {
        let config = EncoderConfig::parse(encoder_json)?;
        config
            .weights_sha256
            .verify("weights file", weights)
            .map_err(|source| EncoderError::WeightsDigest {
                name: config.name.clone(),
                source,
            })?;
        let declared = declarations(&config.architecture);
        let parameters = Parameters::from_safetensors(weights, &declared)?;
        Self::new(config, &parameters)
    }

    pub(crate) fn new(
        config: EncoderConfig,
        parameters: &Parameters,
    ) -> Result<Self, EncoderError> {
        let architecture = &config.architecture;
        Ok(Self {
            reference: EncoderRef {
                name: config.name.clone(),
                hash: config.hash()?,
            },
            preprocessor: Preprocessor::new(config.input, architecture),
            transformer: VisionTransformer::new(architecture, parameters)?,
            lanes: Lanes::one_per_core()?,
            config,
        })
    }

    pub fn reference(&self) -> &EncoderRef {
        &self.reference
    }

    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }

    /// Values in an embedding.
    pub fn dimension(&self) -> u32 {
        self.config.dimension
    }

    /// Embeds tiles of side `config().input.tile_px` at `config().input.mpp`, on all cores.
    ///
    /// Returns `tiles.len() * dimension` values, one tile after another. A tile's embedding does
    /// not depend on the other tiles.
    pub fn embed(&self, tiles: &[RgbTile<'_>]) -> Result<Vec<f32>, EncoderError> {
        self.preprocessor.check(tiles)?;
        let passes: Vec<&[RgbTile<'_>]> = tiles.chunks(TILES_PER_PASS).collect();
        let parts = self.lanes.map(&passes, |tiles| self.pass(tiles))?;
        Ok(parts.concat())
    }

    /// The embedding of a picture of any size: its shorter side becomes the transformer's image,
    /// and the middle is cut out, as CLIP does. Its mpp is whatever it is.
    pub fn embed_picture(&self, picture: Picture<'_>) -> Result<Vec<f32>, EncoderError> {
        let patches = self.preprocessor.patches_of_picture(picture)?;
        Ok(self
            .transformer
            .forward(&patches)?
            .flatten_all()?
            .to_vec1()?)
    }

    /// The same encoder at another mpp: see [`EncoderConfig::at_mpp`].
    pub fn at_mpp(self, mpp: Mpp, untrained: Untrained) -> Result<Self, EncoderError> {
        let config = self.config.at_mpp(mpp, untrained)?;
        let hash = config.hash()?;
        Ok(Self {
            reference: EncoderRef {
                hash,
                ..self.reference
            },
            preprocessor: Preprocessor::new(config.input, &config.architecture),
            config,
            ..self
        })
    }

    fn pass(&self, tiles: &[RgbTile<'_>]) -> Result<Vec<f32>, EncoderError> {
        let patches = self.preprocessor.patches(tiles)?;
        let embeddings = self.transformer.forward(&patches)?;
        Ok(embeddings.flatten_all()?.to_vec1()?)
    }
}
