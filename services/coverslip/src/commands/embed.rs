//! `coverslip embed`: one step, offline.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use flow::SlideId;

use crate::at_mpp::AtMpp;
use crate::compute_choice::ComputeChoice;
use crate::exit::Outcome;
use crate::installation::{Installation, encoder_or_shipped};
use crate::print;
use crate::progress_bars::ProgressBars;

#[derive(Debug, Args)]
pub(crate) struct Embed {
    /// A tiled slide of this installation.
    slide: SlideId,
    /// The folder with everything the installation keeps.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: PathBuf,
    /// A folder that `coverslip encoder import` wrote; the encoder that ships if not given.
    #[arg(long)]
    encoder: Option<PathBuf>,
    #[command(flatten)]
    at_mpp: AtMpp,
    #[command(flatten)]
    compute: ComputeChoice,
}

impl Embed {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let installation = Installation::open(&self.data).await?;
        let encoder = encoder_or_shipped(self.encoder.as_deref(), self.compute.compute()?)?;
        let encoder = Arc::new(self.at_mpp.applied(encoder)?);
        let bars = ProgressBars::new(&self.slide.to_string());
        let outcome = installation
            .embed(&encoder, self.slide, bars.sink())
            .await?;
        print::json(&cases::report(&installation.catalog, self.slide).await?)?;
        Ok(match outcome {
            embed_worker::EmbedOutcome::Embedded => Outcome::Done,
            embed_worker::EmbedOutcome::Held(_) => Outcome::Held,
        })
    }
}
