//! `coverslip score`: one step, offline.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use flow::{SlideId, TaskId};

use crate::at_mpp::AtMpp;
use crate::compute_choice::ComputeChoice;
use crate::exit::Outcome;
use crate::installation::{Installation, Models};
use crate::print;
use crate::progress_bars::ProgressBars;

#[derive(Debug, Args)]
pub(crate) struct Score {
    /// An embedded slide of this installation.
    slide: SlideId,
    /// The folder with everything the installation keeps.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: PathBuf,
    /// Only this task.
    #[arg(long)]
    task: Option<TaskId>,
    #[command(flatten)]
    at_mpp: AtMpp,
    #[command(flatten)]
    compute: ComputeChoice,
}

impl Score {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let installation = Installation::open(&self.data).await?;
        let compute = self.compute.compute()?;
        let models = Models::of(&self.data, self.task.as_ref(), (compute, self.at_mpp))?;
        let bars = ProgressBars::new(&self.slide.to_string());
        installation.score(&models, self.slide, bars.sink()).await?;
        print::json(&cases::report(&installation.catalog, self.slide).await?)?;
        Ok(Outcome::Done)
    }
}
