use flow::{Sha256Digest, TrainedMpp};
use parameters::{Seed, StoredAs, Variables, seeded};
use serde::{Deserialize, Serialize};

use crate::vit::declarations;
use crate::{Architecture, EncoderConfig, EncoderError, Input, PositionFilter, TextArchitecture};

/// An encoder that others published, known but for its weights, which a lab gets from its authors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    pub name: String,
    /// Where its authors publish the weights.
    pub source: String,
    /// SPDX expression, or the licence's own name.
    pub licence: String,
    pub intended_use: String,
    pub architecture: Architecture,
    pub input: Input,
    /// The resolutions it was trained at, where they are more than `input.mpp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trained_mpp: Option<TrainedMpp>,
    /// Its text tower, if it has one we know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<TextArchitecture>,
    /// What its authors' code does where a file's positions lie on another grid.
    #[serde(default, skip_serializing_if = "PositionFilter::is_default")]
    pub position_filter: PositionFilter,
}

macro_rules! published {
    ($($name:literal),* $(,)?) => {
        [$(include_str!(concat!("../published/", $name, ".json"))),*]
    };
}

const ALL: [&str; 27] = published![
    "uni",
    "uni2-h",
    "virchow",
    "virchow2",
    "prov-gigapath",
    "h-optimus-0",
    "h-optimus-1",
    "h0-mini",
    "lunit-dino-s16",
    "lunit-dino-s8",
    "phikon",
    "phikon-v2",
    "midnight-12k",
    "openmidnight",
    "hibou-b",
    "hibou-l",
    "gpfm",
    "kaiko-s16",
    "kaiko-s8",
    "kaiko-b16",
    "kaiko-b8",
    "kaiko-l14",
    "conch",
    "conch-v1.5",
    "plip",
    "quiltnet-b-32",
    "quiltnet-b-16",
];

impl Published {
    /// Every published encoder we know.
    pub fn all() -> Result<Vec<Self>, EncoderError> {
        let parsed = ALL.iter().map(|json| serde_json::from_str(json));
        Ok(parsed.collect::<Result<_, _>>()?)
    }

    /// Weights as they are drawn before any training, a safetensors file: to measure with where the
    /// real ones may not be had.
    pub fn untrained_weights(&self, seed: u64) -> Result<Vec<u8>, EncoderError> {
        let declared = declarations(&self.architecture);
        let drawn = Variables::draw(&declared, &mut seeded(Seed(seed), 0))?;
        Ok(drawn.to_safetensors(StoredAs::F32)?)
    }

    /// The configuration with the weights in this safetensors file, which has timm's names; without
    /// a text tower.
    pub fn with_weights(&self, weights: &[u8]) -> EncoderConfig {
        EncoderConfig {
            name: self.name.clone(),
            architecture: self.architecture.clone(),
            input: self.input,
            dimension: self.architecture.dimension() as u32,
            weights_sha256: Sha256Digest::of(weights),
            licence: self.licence.clone(),
            intended_use: self.intended_use.clone(),
            trained_mpp: self.trained_mpp.clone(),
            text: None,
            training: None,
        }
    }
}
