//! `coverslip embed`: one step, offline.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use flow::SlideId;

use crate::at_mpp::AtMpp;
use crate::exit::Outcome;
use crate::installation::{Installation, read_encoder};
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
}

impl Embed {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let installation = Installation::open(&self.data).await?;
        let encoder = match &self.encoder {
            Some(folder) => read_encoder(folder)?,
            None => shipped::encoder().context("cannot load the shipped encoder")?,
        };
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
