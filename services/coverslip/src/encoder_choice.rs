//! The encoder that a person names on the command line.

use std::path::Path;

use anyhow::{Context, Result};
use encoder::EncoderConfig;
use flow::{EncoderRef, Mpp, Precision};

use crate::files;

/// Which encoder made a bag, and at which resolution it sees slides, where that is known.
pub(crate) struct EncoderChoice {
    pub(crate) encoder: EncoderRef,
    pub(crate) mpp: Option<Mpp>,
}

impl EncoderChoice {
    /// The encoder that was named, or else the one that ships, computing in `precision`.
    pub(crate) fn of(named: Option<&str>, precision: Precision) -> Result<Self> {
        match named {
            None => Self::of_config(shipped::encoder_config()?, precision),
            Some(named) => Self::parse(named, precision),
        }
    }

    /// `text` is a folder with an `encoder.json`, or else a name.
    pub(crate) fn parse(text: &str, precision: Precision) -> Result<Self> {
        let path = Path::new(text).join("encoder.json");
        if !path.is_file() {
            return Ok(Self::of_name(text));
        }
        let json = files::read(&path)?;
        let config =
            EncoderConfig::parse(&json).with_context(|| format!("{text} holds no encoder"))?;
        Self::of_config(config, precision)
    }

    fn of_config(config: EncoderConfig, precision: Precision) -> Result<Self> {
        Ok(Self {
            mpp: Some(config.input.mpp),
            encoder: EncoderRef {
                hash: config.hash_in(precision)?,
                name: config.name,
            },
        })
    }

    pub(crate) fn of_name(name: &str) -> Self {
        Self {
            encoder: EncoderRef::of_name(name),
            mpp: None,
        }
    }
}
