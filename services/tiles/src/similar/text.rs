use encoder::{EncoderConfig, EncoderError, TextEncoder, Tokenizer, Untrained};
use flow::{Precision, Sha256Digest, TrainedMpp};
use similarity::Direction;

use super::error::SimilarError;

/// The text tower of a CLIP: texts are looked for in bags that its other tower made.
#[derive(Debug)]
pub struct TextSearch {
    /// By what its bags go: one for each precision and resolution.
    encoders: Vec<Sha256Digest>,
    tower: TextEncoder,
    tokenizer: Tokenizer,
}

impl TextSearch {
    /// Of an encoder, with the weights of its text tower (safetensors) and CLIP's vocabulary.
    ///
    /// # Errors
    /// If the encoder has no text tower, or one of the files does not fit.
    pub fn new(
        config: &EncoderConfig,
        weights: &[u8],
        vocabulary: &[u8],
    ) -> Result<Self, EncoderError> {
        Ok(Self {
            encoders: bags_of(config)?,
            tower: TextEncoder::load(config, weights)?,
            tokenizer: Tokenizer::new(vocabulary)?,
        })
    }

    pub(super) fn encoders(&self) -> impl Iterator<Item = Sha256Digest> {
        self.encoders.iter().copied()
    }

    /// Whether it reads for bags that go by this.
    pub(super) fn is_of(&self, encoder: Sha256Digest) -> bool {
        self.encoders.contains(&encoder)
    }

    /// Where in the space of the tiles the text lies. Computes for some tens of milliseconds.
    pub(super) fn direction(&self, text: &str) -> Result<Direction, SimilarError> {
        let tokens = self.tokenizer.tokens(text, self.tower.context());
        Ok(Direction::of(self.tower.embed(&tokens)?)?)
    }
}

fn bags_of(config: &EncoderConfig) -> Result<Vec<Sha256Digest>, EncoderError> {
    let mut resolutions = vec![config.input.mpp];
    if let Some(TrainedMpp::Listed(trained)) = &config.trained_mpp {
        resolutions.extend(trained.iter().filter(|mpp| **mpp != config.input.mpp));
    }
    let mut encoders = Vec::new();
    for mpp in resolutions {
        let config = config.at_mpp(mpp, Untrained::Refuse)?;
        for precision in [Precision::F32, Precision::Bf16, Precision::Int8] {
            encoders.push(config.hash_in(precision)?);
        }
    }
    Ok(encoders)
}
