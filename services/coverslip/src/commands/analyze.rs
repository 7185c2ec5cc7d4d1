//! `coverslip analyze`: slides the whole path, offline.

use std::path::{Path, PathBuf};

use anyhow::Result;
use cases::SlideReport;
use clap::Args;
use embed_worker::EmbedOutcome;
use flow::{Mpp, SlideStatus, TaskId};
use ingest::Deidentify;
use serde::Serialize;
use tracing::warn;

use crate::covariate_table::CovariateTable;
use crate::encoder_args::EncoderArgs;
use crate::exit::Outcome;
use crate::installation::{Installation, Models};
use crate::path::{Received, receive, tile};
use crate::progress_bars::ProgressBars;
use crate::task_service_args::TaskServiceArgs;
use crate::{print, summary};

#[derive(Debug, Args)]
pub(crate) struct Analyze {
    /// Slide files, as the scanner wrote them.
    #[arg(required = true)]
    slides: Vec<PathBuf>,
    /// The folder with everything the installation keeps; made if it is not there.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: PathBuf,
    /// Only this task.
    #[arg(long)]
    task: Option<TaskId>,
    /// Micrometres per pixel of slides that do not say.
    #[arg(long)]
    mpp: Option<Mpp>,
    /// A CSV of what else is known of the slides, for tasks that read it: `slide`, and one column a
    /// covariate. Slides that are not in it keep what they were given.
    #[arg(long)]
    covariates: Option<PathBuf>,
    #[command(flatten)]
    encoder: EncoderArgs,
    #[command(flatten)]
    services: TaskServiceArgs,
    /// Print one JSON object: {"slides": [...]}.
    #[arg(long)]
    json: bool,
}

/// What came of one file.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    /// Scored, or held with its reason.
    Report(Box<SlideReport>),
    Refused {
        file: String,
        error: String,
    },
}

#[derive(Debug, Serialize)]
struct Answers<'a> {
    slides: &'a [Answer],
}

impl Analyze {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let installation = Installation::open(&self.data).await?;
        let models = Models::of(
            &self.data,
            self.task.as_ref(),
            &self.encoder,
            &self.services,
        )?;
        if let Err(none) = models.ensure_scoring() {
            warn!("the slides are embedded and not scored: {none:#}");
        }
        let known = self.covariates.as_deref().map(CovariateTable::read);
        let known = known.transpose()?;
        let mut answers = Vec::new();
        for file in &self.slides {
            let answer = self
                .one(&installation, &models, known.as_ref(), file)
                .await?;
            if !self.json {
                print::line(&summary::of(file, &answer))?;
            }
            answers.push(answer);
        }
        if self.json {
            print::json(&Answers { slides: &answers })?;
        }
        Ok(worst(&answers))
    }

    async fn one(
        &self,
        installation: &Installation,
        models: &Models,
        known: Option<&CovariateTable>,
        file: &Path,
    ) -> Result<Answer> {
        let bars = ProgressBars::new(&file.file_name().unwrap_or_default().to_string_lossy());
        let slide = match receive(installation, file, self.mpp, Deidentify::No, bars.sink()).await?
        {
            Received::Slide(slide) => slide,
            Received::Refused(error) => {
                return Ok(Answer::Refused {
                    file: file.display().to_string(),
                    error,
                });
            }
        };
        if let Some(values) = known.and_then(|known| known.of(slide, file)) {
            let Installation { catalog, queue, .. } = installation;
            step::give_covariates(catalog, queue, "command line", slide, values).await?;
        }
        tile(installation, slide, bars.sink()).await?;
        let report = cases::report(&installation.catalog, slide).await?;
        // A slide that has its result may have it by another encoder, or lack that of a new task. What
        // this encoder and these tasks have left behind is not made again.
        let is_ready = matches!(
            report.status,
            SlideStatus::Tiled | SlideStatus::Embedded | SlideStatus::Scored
        );
        if !is_ready {
            return Ok(Answer::Report(Box::new(report)));
        }
        let outcome = installation
            .embed(&models.encoder, slide, bars.sink())
            .await?;
        if outcome == EmbedOutcome::Embedded {
            installation.score(models, slide, bars.sink()).await?;
        }
        let report = cases::report(&installation.catalog, slide).await?;
        Ok(Answer::Report(Box::new(report)))
    }
}

/// Refused files count more than held slides, and these more than scored ones.
pub(crate) fn worst(answers: &[Answer]) -> Outcome {
    let is_refused = |answer: &Answer| match answer {
        Answer::Refused { .. } => true,
        Answer::Report(report) => matches!(report.status, SlideStatus::Quarantined { .. }),
    };
    let is_held = |answer: &Answer| match answer {
        Answer::Refused { .. } => false,
        Answer::Report(report) => matches!(report.status, SlideStatus::Held { .. }),
    };
    if answers.iter().any(is_refused) {
        Outcome::Refused
    } else if answers.iter().any(is_held) {
        Outcome::Held
    } else {
        Outcome::Done
    }
}
