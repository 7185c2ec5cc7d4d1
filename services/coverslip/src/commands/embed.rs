//! `coverslip embed`: one step, offline.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use embed_worker::EmbedOutcome;
use flow::SlideId;

use crate::encoder_args::EncoderArgs;
use crate::exit::Outcome;
use crate::installation::Installation;
use crate::print;
use crate::progress_bars::ProgressBars;

#[derive(Debug, Args)]
pub(crate) struct Embed {
    /// A tiled slide of this installation.
    slide: SlideId,
    /// The folder with everything the installation keeps.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: PathBuf,
    #[command(flatten)]
    encoder: EncoderArgs,
}

impl Embed {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let installation = Installation::open(&self.data).await?;
        let encoder = Arc::new(self.encoder.load()?);
        let bars = ProgressBars::new(&self.slide.to_string());
        let outcome = installation
            .embed(&encoder, self.slide, bars.sink())
            .await?;
        print::json(&cases::report(&installation.catalog, self.slide).await?)?;
        Ok(match outcome {
            EmbedOutcome::Embedded => Outcome::Done,
            EmbedOutcome::Held(_) | EmbedOutcome::Stopped | EmbedOutcome::GaveWay => Outcome::Held,
        })
    }
}
