//! The encoder that a person names on the command line.

use std::path::Path;

use anyhow::{Context, Result};
use encoder::{Compute, EncoderConfig};
use flow::{EncoderRef, Mpp};

use crate::files;

/// Which encoder made a bag, and at which resolution it sees slides, where that is known.
pub(crate) struct EncoderChoice {
    pub(crate) encoder: EncoderRef,
    pub(crate) mpp: Option<Mpp>,
}

impl EncoderChoice {
    /// The encoder that was named, or else the one that ships.
    pub(crate) fn of(named: Option<&str>) -> Result<Self> {
        named.map_or_else(Self::shipped, Self::parse)
    }

    fn shipped() -> Result<Self> {
        let encoder =
            shipped::encoder(Compute::default()).context("cannot load the shipped encoder")?;
        Ok(Self {
            encoder: encoder.reference().clone(),
            mpp: Some(encoder.config().input.mpp),
        })
    }

    /// `text` is a folder with an `encoder.json`, or else a name.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let path = Path::new(text).join("encoder.json");
        if !path.is_file() {
            return Ok(Self::of_name(text));
        }
        let json = files::read(&path)?;
        let config =
            EncoderConfig::parse(&json).with_context(|| format!("{text} holds no encoder"))?;
        Ok(Self {
            mpp: Some(config.input.mpp),
            encoder: EncoderRef {
                hash: config.hash()?,
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
