use parameters::{AdamWConfig, OneCycle, Seed, StoredAs};
use serde::{Deserialize, Serialize};

use crate::{Architecture, Input};

/// What an encoder is before it is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderDraft {
    pub name: String,
    pub architecture: Architecture,
    pub input: Input,
    pub licence: String,
    pub intended_use: String,
    /// What the tiles are, for the configuration's training summary.
    pub data: String,
}

/// How an encoder is trained.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    pub seed: Seed,
    pub epochs: u32,
    pub tiles_per_step: usize,
    pub learning_rate: OneCycle,
    #[serde(default)]
    pub optimiser: AdamWConfig,
    /// Largest Euclidean norm of a step's gradient.
    pub clip_norm: f64,
    /// Weight of the patches' loss; the tile's is 1.
    pub patch_weight: f64,
    pub augmentation: Augmentation,
    pub stored_as: StoredAs,
}

/// How tiles are varied each time they are seen; all of them are also flipped and turned.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Augmentation {
    /// Optical density of each colour channel is scaled by up to this share, up or down.
    pub stain: f32,
    /// Brightness is scaled by up to this share, up or down.
    pub brightness: f32,
    /// Share of tiles that are blurred a little.
    pub blur: f64,
}
