//! The encoder that sees the slides, at which resolution and by which arithmetic.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use encoder::{Encoder, Untrained};
use flow::Mpp;

use crate::compute_choice::ComputeChoice;
use crate::installation::encoder_or_shipped;
use crate::task_registry::Retarget;

#[derive(Clone, Debug, Args)]
pub(crate) struct EncoderArgs {
    /// A folder that `coverslip encoder import` wrote; the encoder that ships if not given.
    #[arg(long, value_name = "DIR", env = "COVERSLIP_ENCODER")]
    encoder: Option<PathBuf>,
    /// Micrometres per pixel at which the encoder sees the slide, one of those it was trained at.
    #[arg(long, value_name = "MPP")]
    at_mpp: Option<Mpp>,
    /// Take --at-mpp even where the encoder was not trained at it. The bag and every result of it
    /// say so.
    #[arg(long, requires = "at_mpp")]
    allow_untrained_mpp: bool,
    #[command(flatten)]
    compute: ComputeChoice,
}

/// An encoder as it sees the slides, and how tasks come to read its bags.
pub(crate) struct ChosenEncoder {
    pub(crate) encoder: Encoder,
    pub(crate) retarget: Retarget,
}

impl EncoderArgs {
    pub(crate) fn load(&self) -> Result<ChosenEncoder> {
        let encoder = encoder_or_shipped(self.encoder.as_deref(), self.compute.compute()?)?;
        let trained = encoder.config().hash()?;
        let encoder = self.at_mpp(encoder)?;
        Ok(ChosenEncoder {
            retarget: Retarget::to(trained, &encoder),
            encoder,
        })
    }

    fn at_mpp(&self, encoder: Encoder) -> Result<Encoder> {
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
