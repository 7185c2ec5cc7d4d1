//! The encoder that sees the slides, at which resolution and by which arithmetic.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use encoder::{Encoder, Untrained};
use flow::Mpp;

use crate::compute_choice::ComputeChoice;
use crate::installation::{config_or_shipped, encoder_or_shipped};
use crate::task_registry::Retarget;

const REFUSED: &str = "--at-mpp is refused without --allow-untrained-mpp";

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

impl EncoderArgs {
    /// The encoder, ready to embed.
    pub(crate) fn load(&self) -> Result<Encoder> {
        let encoder = encoder_or_shipped(self.encoder.as_deref(), self.compute.compute()?)?;
        match self.at_mpp {
            None => Ok(encoder),
            Some(mpp) => encoder.at_mpp(mpp, self.untrained()).context(REFUSED),
        }
    }

    /// How tasks come to read its bags. Looks at no weights.
    pub(crate) fn retarget(&self) -> Result<Retarget> {
        let as_trained = config_or_shipped(self.encoder.as_deref())?;
        let trained = as_trained.hash()?;
        let used = match self.at_mpp {
            None => as_trained,
            Some(mpp) => as_trained.at_mpp(mpp, self.untrained()).context(REFUSED)?,
        };
        let used = self.compute.compute()?.reference(&used)?;
        Ok(Retarget { trained, used })
    }

    fn untrained(&self) -> Untrained {
        if self.allow_untrained_mpp {
            Untrained::Allow
        } else {
            Untrained::Refuse
        }
    }
}
