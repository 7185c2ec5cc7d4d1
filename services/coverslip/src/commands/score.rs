//! `coverslip score`: one step, offline.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use flow::{SlideId, TaskId};

use crate::encoder_args::EncoderArgs;
use crate::exit::Outcome;
use crate::installation::{Installation, Models};
use crate::print;
use crate::progress_bars::ProgressBars;
use crate::task_service_args::TaskServiceArgs;

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
    encoder: EncoderArgs,
    #[command(flatten)]
    services: TaskServiceArgs,
}

impl Score {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let installation = Installation::open(&self.data).await?;
        let models = Models::of(
            &self.data,
            self.task.as_ref(),
            &self.encoder,
            &self.services,
        )?;
        models.ensure_scoring()?;
        let bars = ProgressBars::new(&self.slide.to_string());
        // Whoever asks by hand wants an answer now, whatever a service failed at before.
        for task in models.tasks.iter() {
            let task = task.reference().hash;
            let catalog = &installation.catalog;
            catalog.forget_task_failure(self.slide, task).await?;
        }
        installation.score(&models, self.slide, bars.sink()).await?;
        print::json(&cases::report(&installation.catalog, self.slide).await?)?;
        Ok(Outcome::Done)
    }
}
