//! CLIP's text tower: from words to embeddings in the space of the tiles'.

mod architecture;
mod tokenizer;
mod tower;

use flow::Sha256Digest;
use parameters::Parameters;
use serde::{Deserialize, Serialize};

pub use architecture::TextArchitecture;
pub use tokenizer::Tokenizer;

use crate::{EncoderConfig, EncoderError};
use tower::{TextTower, declarations};

/// The text tower of an encoder, in its `encoder.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextConfig {
    pub architecture: TextArchitecture,
    pub weights_sha256: Sha256Digest,
}

/// Turns the tokens of texts into embeddings of the encoder's dimension.
#[derive(Debug)]
pub struct TextEncoder {
    tower: TextTower,
    context: usize,
}

impl TextEncoder {
    /// The text tower that `config` names, with its weights (safetensors).
    ///
    /// # Errors
    /// If the encoder has none, or the weights have another sha256 or do not fit.
    pub fn load(config: &EncoderConfig, weights: &[u8]) -> Result<Self, EncoderError> {
        let text = config.text_tower()?;
        text.weights_sha256
            .verify("text weights file", weights)
            .map_err(|source| EncoderError::WeightsDigest {
                name: config.name.clone(),
                source,
            })?;
        let declared = declarations(&text.architecture, config.dimension as usize);
        let parameters = Parameters::from_safetensors(weights, &declared)?;
        Ok(Self {
            tower: TextTower::new(&text.architecture, &parameters)?,
            context: text.architecture.context,
        })
    }

    /// Tokens that a text may have at most.
    pub fn context(&self) -> usize {
        self.context
    }

    /// The embedding of a text, of any length.
    ///
    /// # Errors
    /// If there is no token, one that is not in the vocabulary, or more than `context`.
    pub fn embed(&self, tokens: &[u32]) -> Result<Vec<f32>, EncoderError> {
        self.tower.embed(tokens)
    }

    /// What cosines are multiplied with before a softmax.
    pub fn logit_scale(&self) -> f64 {
        self.tower.logit_scale
    }
}
