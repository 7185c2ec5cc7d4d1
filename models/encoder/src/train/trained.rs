use flow::Sha256Digest;
use parameters::Variables;

use super::{EncoderDraft, TrainConfig};
use crate::vit::declarations;
use crate::{Compute, Encoder, EncoderConfig, EncoderError, TrainingSummary};

/// A finished encoder: the two files of its folder.
#[derive(Clone, Debug)]
pub struct TrainedEncoder {
    pub config: EncoderConfig,
    /// Contents of `model.safetensors`.
    pub weights: Vec<u8>,
}

/// What is known only once training is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Learned {
    pub(super) n_tiles: usize,
    pub(super) validation_accuracy: f64,
}

impl TrainedEncoder {
    pub(super) fn new(
        draft: &EncoderDraft,
        config: &TrainConfig,
        variables: &Variables,
        learned: Learned,
    ) -> Result<Self, EncoderError> {
        let kept = declarations(&draft.architecture);
        let weights = variables.only(&kept).to_safetensors(config.stored_as)?;
        let config = EncoderConfig {
            name: draft.name.clone(),
            architecture: draft.architecture.clone(),
            input: draft.input,
            dimension: draft.architecture.dimension() as u32,
            weights_sha256: Sha256Digest::of(&weights),
            licence: draft.licence.clone(),
            intended_use: draft.intended_use.clone(),
            trained_mpp: None,
            text: None,
            training: Some(TrainingSummary {
                data: draft.data.clone(),
                n_tiles: learned.n_tiles as u64,
                epochs: config.epochs,
                seed: config.seed.0,
                validation_accuracy: learned.validation_accuracy,
            }),
        };
        Ok(Self { config, weights })
    }

    /// Contents of `encoder.json`.
    pub fn encoder_json(&self) -> Result<Vec<u8>, EncoderError> {
        let mut json = serde_json::to_vec_pretty(&self.config)?;
        json.push(b'\n');
        Ok(json)
    }

    pub fn encoder(&self) -> Result<Encoder, EncoderError> {
        Encoder::load(&self.encoder_json()?, &self.weights, Compute::default())
    }
}
