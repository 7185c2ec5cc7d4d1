//! The encoder that a person names on the command line.

use std::path::Path;

use anyhow::Result;
use encoder::EncoderConfig;
use flow::{EncoderRef, Mpp, Precision};

use crate::installation::read_config;

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
        let folder = Path::new(text);
        if !folder.join("encoder.json").is_file() {
            return Ok(Self::of_name(text));
        }
        Self::of_config(read_config(folder)?, precision)
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
