use std::borrow::Cow;

use flow::{EncoderRef, Mpp, Precision};
use parameters::Parameters;

use crate::compute::{Compute, Transformer};
use crate::forward::MOST_IMAGES;
use crate::lanes::Lanes;
use crate::preprocess::Preprocessor;
use crate::trial;
use crate::vit::declarations;
use crate::{EncoderConfig, EncoderError, Picture, RgbTile, Untrained};

/// A configured transformer with its weights, ready to embed tiles on the CPU.
#[derive(Debug)]
pub struct Encoder {
    config: EncoderConfig,
    reference: EncoderRef,
    preprocessor: Preprocessor,
    transformer: Transformer,
    compute: Compute,
    lanes: Lanes,
}

impl Encoder {
    /// Reads `encoder.json` and the weights it names.
    ///
    /// # Errors
    /// If the configuration is impossible, the weights have another sha256, or their names and
    /// shapes are not those of the architecture. In int8 also if the embeddings of a few painted
    /// tiles are not near those in f32 (a cosine of 0.999 at least): an encoder that the rounding
    /// harms never runs unnoticed.
    pub fn load(
        encoder_json: &[u8],
        weights: &[u8],
        compute: Compute,
    ) -> Result<Self, EncoderError> {
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
        if compute.precision() != Precision::Int8 {
            return Self::new(config, &parameters, compute);
        }
        let tiles = trial::Tiles::paint(config.input)?;
        // Dropped before the bytes are made: the two never lie in memory together.
        let exact =
            Self::new(config.clone(), &parameters, compute.in_f32())?.embed(&tiles.all())?;
        let encoder = Self::new(config, &parameters, compute)?;
        trial::check(&encoder.config.name, &encoder.embed(&tiles.all())?, &exact)?;
        Ok(encoder)
    }

    fn new(
        config: EncoderConfig,
        parameters: &Parameters,
        compute: Compute,
    ) -> Result<Self, EncoderError> {
        let architecture = &config.architecture;
        Ok(Self {
            reference: compute.reference(&config)?,
            preprocessor: Preprocessor::new(config.input, architecture),
            transformer: Transformer::new(compute, architecture, parameters)?,
            compute,
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

    pub fn compute(&self) -> Compute {
        self.compute
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
        let n_lanes = self.lanes.len();
        let per_pass = tiles.len().div_ceil(n_lanes).clamp(1, MOST_IMAGES);
        let passes: Vec<&[RgbTile<'_>]> = tiles.chunks(per_pass).collect();
        let parts = self.lanes.map(&passes, |tiles| Ok(self.pass(tiles)))?;
        Ok(parts.concat())
    }

    /// The embedding of a picture of any size: its shorter side becomes the transformer's image,
    /// and the middle is cut out, as CLIP does. Its mpp is whatever it is.
    pub fn embed_picture(&self, picture: Picture<'_>) -> Result<Vec<f32>, EncoderError> {
        let image = self.preprocessor.image_of_picture(picture)?;
        let images = [Cow::Owned(image)];
        Ok(self.transformer.embed(&self.preprocessor, &images))
    }

    /// The same encoder at another mpp: see [`EncoderConfig::at_mpp`].
    pub fn at_mpp(self, mpp: Mpp, untrained: Untrained) -> Result<Self, EncoderError> {
        let config = self.config.at_mpp(mpp, untrained)?;
        Ok(Self {
            reference: self.compute.reference(&config)?,
            preprocessor: Preprocessor::new(config.input, &config.architecture),
            config,
            ..self
        })
    }

    fn pass(&self, tiles: &[RgbTile<'_>]) -> Vec<f32> {
        let images: Vec<_> = tiles
            .iter()
            .map(|tile| self.preprocessor.image(tile))
            .collect();
        self.transformer.embed(&self.preprocessor, &images)
    }
}
