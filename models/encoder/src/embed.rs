use std::borrow::Cow;

use flow::{EncoderRef, Mpp, Precision};
use parameters::Parameters;

use crate::compute::{Compute, Transformer};
use crate::engine::Engine;
use crate::forward::MOST_IMAGES;
use crate::lanes::Lanes;
use crate::preprocess::Preprocessor;
use crate::trial;
use crate::vit::declarations;
use crate::{Device, EncoderConfig, EncoderError, Feed, LostDevice, Picture, RgbTile, Untrained};

/// A configured transformer with its weights, ready to embed tiles.
#[derive(Debug)]
pub struct Encoder {
    config: EncoderConfig,
    reference: EncoderRef,
    preprocessor: Preprocessor,
    engine: Engine,
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
    /// harms never runs unnoticed. On other devices than the CPU also if one of them cannot be opened
    /// or is too small.
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
        if compute.precision() != Precision::Int8 || compute.device() != Device::Cpu {
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
        Ok(Self {
            reference: compute.reference(&config)?,
            preprocessor: Preprocessor::new(config.input, &config.architecture),
            engine: Engine::new(compute, &config, parameters)?,
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

    pub fn feed(&self) -> Feed {
        self.engine.feed()
    }

    /// How many devices it has beside the CPU, the lost ones included.
    pub fn n_devices(&self) -> usize {
        self.engine.n_devices()
    }

    /// Devices that failed, in the order in which they did. Others do their work.
    pub fn lost_devices(&self) -> Vec<LostDevice> {
        self.engine.lost_devices()
    }

    /// Embeds tiles of side `config().input.tile_px` at `config().input.mpp`, on all cores or on one
    /// device.
    ///
    /// Returns `tiles.len() * dimension` values, one tile after another. A tile's embedding does
    /// not depend on the other tiles; on devices to rounding.
    ///
    /// # Errors
    /// If a tile is of another size, or the last device failed.
    pub fn embed(&self, tiles: &[RgbTile<'_>]) -> Result<Vec<f32>, EncoderError> {
        self.preprocessor.check(tiles)?;
        match &self.engine {
            Engine::Processor(transformer) => self.on_cores(transformer, tiles),
            Engine::Devices(pool) => {
                let images = self
                    .lanes
                    .map(tiles, |tile| Ok(self.preprocessor.image(tile)))?;
                pool.embed(images.concat())
            }
        }
    }

    fn on_cores(
        &self,
        transformer: &Transformer,
        tiles: &[RgbTile<'_>],
    ) -> Result<Vec<f32>, EncoderError> {
        let n_lanes = self.lanes.len();
        let per_pass = tiles.len().div_ceil(n_lanes).clamp(1, MOST_IMAGES);
        let passes: Vec<&[RgbTile<'_>]> = tiles.chunks(per_pass).collect();
        let pass = |tiles: &&[RgbTile<'_>]| Ok(self.pass(transformer, tiles));
        let parts = self.lanes.map(&passes, pass)?;
        Ok(parts.concat())
    }

    /// The embedding of a picture of any size: its shorter side becomes the transformer's image,
    /// and the middle is cut out, as CLIP does. Its mpp is whatever it is.
    pub fn embed_picture(&self, picture: Picture<'_>) -> Result<Vec<f32>, EncoderError> {
        let image = self.preprocessor.image_of_picture(picture)?;
        match &self.engine {
            Engine::Processor(transformer) => {
                Ok(transformer.embed(&self.preprocessor, &[Cow::Owned(image)]))
            }
            Engine::Devices(pool) => pool.embed(image),
        }
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

    fn pass(&self, transformer: &Transformer, tiles: &[RgbTile<'_>]) -> Vec<f32> {
        let images: Vec<_> = tiles
            .iter()
            .map(|tile| self.preprocessor.image(tile))
            .collect();
        transformer.embed(&self.preprocessor, &images)
    }
}
