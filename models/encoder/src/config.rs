use flow::{EncoderTerms, Mpp, Precision, Sha256Digest, TrainedMpp, UntrainedMpp};
use serde::{Deserialize, Serialize};

use crate::{Architecture, EncoderError, ResizeFilter, TextConfig};

/// What `encoder.json` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderConfig {
    pub name: String,
    pub architecture: Architecture,
    pub input: Input,
    /// Values in an embedding.
    pub dimension: u32,
    pub weights_sha256: Sha256Digest,
    /// SPDX expression, or the licence's own name.
    pub licence: String,
    pub intended_use: String,
    /// The resolutions it was trained at; only `input.mpp` where this is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trained_mpp: Option<TrainedMpp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<TextConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<TrainingSummary>,
}

/// What the encoder wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Side of the square tile read from the slide, in pixels at `mpp`.
    pub tile_px: u32,
    pub mpp: Mpp,
    /// How a tile becomes the transformer's image where their sides differ.
    #[serde(default, skip_serializing_if = "Fit::is_resize")]
    pub fit: Fit,
    /// How pixels are weighted when a tile is resized.
    pub resize: ResizeFilter,
    /// Per channel, of values from 0 to 1.
    pub mean: [f64; 3],
    pub std: [f64; 3],
}

/// What to do where an encoder is to see an mpp it was not trained at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untrained {
    Refuse,
    Allow,
}

/// How a tile becomes the transformer's image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// All of the tile, resized.
    #[default]
    Resize,
    /// The middle of the tile, pixel for pixel.
    CentreCrop,
}

impl Fit {
    /// Left out of `encoder.json` and of the hash, which are older than this field.
    fn is_resize(&self) -> bool {
        *self == Self::Resize
    }
}

/// How the encoder came to be, for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingSummary {
    pub data: String,
    pub n_tiles: u64,
    pub epochs: u32,
    pub seed: u64,
    /// Share of validation tiles whose most likely class is the right one.
    pub validation_accuracy: f64,
}

impl EncoderConfig {
    /// Reads and checks an `encoder.json`.
    pub fn parse(json: &[u8]) -> Result<Self, EncoderError> {
        let config: Self = serde_json::from_slice(json)?;
        config.check()?;
        Ok(config)
    }

    /// The digest of all that decides the embeddings: architecture, input and weights.
    ///
    /// Wording (name, licence, intended use, training) is left out, so that correcting it makes no
    /// stored bag stale; so are the text tower and the resolutions it was trained at, of which
    /// `input.mpp` is the one in use.
    pub fn hash(&self) -> Result<Sha256Digest, EncoderError> {
        let deciding = (&self.architecture, &self.input, &self.weights_sha256);
        Ok(Sha256Digest::of(&serde_json::to_vec(&deciding)?))
    }

    /// The digest of all that decides the embeddings, the precision included: bags of different
    /// precision never go by one digest. That of f32 is `hash`.
    pub fn hash_in(&self, precision: Precision) -> Result<Sha256Digest, EncoderError> {
        match precision {
            Precision::F32 => self.hash(),
            Precision::Bf16 | Precision::Int8 => Ok(Sha256Digest::of(&serde_json::to_vec(&(
                self.hash()?,
                precision,
            ))?)),
        }
    }

    /// The same encoder, to be shown tiles at another mpp. Its hash is another one too.
    ///
    /// # Errors
    /// If it was not trained at that mpp, unless that is allowed.
    pub fn at_mpp(&self, mpp: Mpp, untrained: Untrained) -> Result<Self, EncoderError> {
        let trained = self.trained_mpp();
        if untrained == Untrained::Refuse && !trained.contains(mpp) {
            return Err(EncoderError::UntrainedMpp {
                encoder: self.name.clone(),
                trained: trained.to_string(),
                asked: mpp.to_string(),
            });
        }
        let mut config = self.clone();
        config.input.mpp = mpp;
        config.trained_mpp = Some(trained);
        Ok(config)
    }

    /// That `input.mpp` is none it was trained at, where it is none.
    pub fn untrained_mpp(&self) -> Option<UntrainedMpp> {
        let (used, trained) = (self.input.mpp, self.trained_mpp());
        (!trained.contains(used)).then_some(UntrainedMpp { used, trained })
    }

    /// # Errors
    /// If the encoder has no text tower.
    pub fn text_tower(&self) -> Result<&TextConfig, EncoderError> {
        let none = || EncoderError::NoText(self.name.clone());
        self.text.as_ref().ok_or_else(none)
    }

    pub fn terms(&self) -> EncoderTerms {
        EncoderTerms {
            licence: self.licence.clone(),
            intended_use: self.intended_use.clone(),
        }
    }

    fn trained_mpp(&self) -> TrainedMpp {
        let only = || TrainedMpp::Listed(vec![self.input.mpp]);
        self.trained_mpp.clone().unwrap_or_else(only)
    }

    fn check(&self) -> Result<(), EncoderError> {
        self.architecture.check()?;
        let wrong = |text: String| Err(EncoderError::Config(text));
        if self.name.trim().is_empty() {
            return wrong("name is empty".to_owned());
        }
        if !(1..=8192).contains(&self.input.tile_px) {
            return wrong(format!(
                "tile_px {} is not from 1 to 8192",
                self.input.tile_px
            ));
        }
        if self.input.fit == Fit::CentreCrop && self.input.tile_px < self.architecture.image_px {
            return wrong("tile_px is less than the image_px to be cut out of it".to_owned());
        }
        if self.input.std.iter().any(|&std| std.is_nan() || std <= 0.0) {
            return wrong("std is not above 0".to_owned());
        }
        if let Some(UntrainedMpp { used, trained }) = self.untrained_mpp() {
            return wrong(format!("mpp {used} is not in trained_mpp {trained}"));
        }
        if let Some(text) = &self.text {
            text.architecture.check()?;
        }
        let dimension = self.architecture.dimension();
        if self.dimension as usize != dimension {
            return wrong(format!(
                "dimension is {}, the architecture gives {dimension}",
                self.dimension
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn example() -> Value {
        json!({
            "name": "example",
            "architecture": {
                "image_px": 32, "patch_px": 16, "width": 8, "depth": 1, "heads": 2,
                "mlp": {"activation": "gelu-erf", "ratio": 4.0},
                "layer_scale": false, "registers": 0, "position_embedding": "prefix-and-patches",
                "pre_norm": false, "layer_norm_eps": 1e-6, "pooling": "class",
            },
            "input": {
                "tile_px": 32, "mpp": 0.5, "resize": "bilinear",
                "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5],
            },
            "dimension": 8,
            "weights_sha256": "00".repeat(32),
            "licence": "MIT",
            "intended_use": "tests",
        })
    }

    fn parse(json: &Value) -> Result<EncoderConfig, EncoderError> {
        EncoderConfig::parse(json.to_string().as_bytes())
    }

    #[test]
    fn impossible_encoders_are_refused_with_the_reason() {
        let cases = [
            ("/architecture/patch_px", json!(0), "patch_px"),
            ("/architecture/patch_px", json!(15), "multiple of patch_px"),
            ("/architecture/heads", json!(3), "multiple of heads"),
            ("/architecture/mlp/ratio", json!(1e30), "hidden layer"),
            ("/architecture/depth", json!(0), "depth"),
            (
                "/dimension",
                json!(9),
                "dimension is 9, the architecture gives 8",
            ),
            ("/input/std/1", json!(0.0), "std"),
            ("/input/tile_px", json!(0), "tile_px"),
            ("/trained_mpp", json!([0.25]), "mpp 0.5 is not in"),
        ];
        for (pointer, value, reason) in cases {
            let mut json = example();
            json["trained_mpp"] = json!([0.5]);
            *json.pointer_mut(pointer).expect("a field of the example") = value;
            let error = parse(&json).expect_err(reason).to_string();
            assert!(error.contains(reason), "{error}");
        }
        assert!(matches!(
            EncoderConfig::parse(b"{"),
            Err(EncoderError::Json(_))
        ));
    }

    #[test]
    fn the_hash_follows_what_decides_the_numbers() -> Result<(), EncoderError> {
        let hash_with = |pointer: &str, value: Value| {
            let mut json = example();
            *json.pointer_mut(pointer).expect("a field of the example") = value;
            parse(&json)?.hash()
        };
        let hash = parse(&example())?.hash()?;
        assert_eq!(hash_with("/licence", json!("Apache-2.0"))?, hash);
        assert_ne!(hash_with("/input/mpp", json!(0.25))?, hash);
        assert_ne!(
            hash_with("/architecture/layer_norm_eps", json!(1e-5))?,
            hash
        );
        assert_ne!(hash_with("/weights_sha256", json!("11".repeat(32)))?, hash);
        Ok(())
    }

    #[test]
    fn an_untrained_mpp_is_refused_unless_allowed() -> Result<(), Box<dyn std::error::Error>> {
        let config = parse(&example())?;
        let fine = Mpp::new(0.25)?;
        let error = config.at_mpp(fine, Untrained::Refuse);
        let error = error.expect_err("trained at 0.5 only").to_string();
        assert!(
            error.contains("trained at 0.5 um per pixel, not at 0.25"),
            "{error}"
        );

        let allowed = config.at_mpp(fine, Untrained::Allow)?;
        assert_ne!(allowed.hash()?, config.hash()?);
        let note = allowed.untrained_mpp().ok_or("it is not trained")?;
        assert_eq!(
            (note.used, note.trained.to_string().as_str()),
            (fine, "0.5")
        );

        let mut listed = example();
        listed["trained_mpp"] = json!({"from": 0.25, "to": 2});
        let listed = parse(&listed)?;
        assert_eq!(listed.hash()?, config.hash()?);
        let chosen = listed.at_mpp(fine, Untrained::Refuse)?;
        assert_eq!(chosen.untrained_mpp(), None);
        assert_eq!(chosen.hash()?, allowed.hash()?);
        Ok(())
    }
}
