//! At which resolution an encoder is shown a slide, where a person chooses it.

use anyhow::{Context, Result};
use clap::Args;
use encoder::{Encoder, Untrained};
use flow::Mpp;

#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct AtMpp {
    /// Micrometres per pixel at which the encoder sees the slide, one of those it was trained at.
    #[arg(long, value_name = "MPP")]
    at_mpp: Option<Mpp>,
    /// Take --at-mpp even where the encoder was not trained at it. The bag and every result of it
    /// say so.
    #[arg(long, requires = "at_mpp")]
    allow_untrained_mpp: bool,
}

impl AtMpp {
    /// The encoder at the chosen mpp, or as it is where none was chosen.
    pub(crate) fn applied(&self, encoder: Encoder) -> Result<Encoder> {
        let Some(mpp) = self.at_mpp else {
            return Ok(encoder);
        };
        let untrained = if self.allow_untrained_mpp {
            Untrained::Allow
        } else {
            Untrained::Refuse
        };
        encoder
            .at_mpp(mpp, untrained)
            .context("--at-mpp is refused without --allow-untrained-mpp")
    }
}
