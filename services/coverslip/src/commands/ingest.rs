//! `coverslip ingest`: receive and tile, offline.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use flow::Mpp;
use serde::Serialize;

use super::analyze::{Answer, worst};
use crate::deidentify_args::DeidentifyChoice;
use crate::exit::Outcome;
use crate::installation::Installation;
use crate::path::{Received, receive, tile};
use crate::progress_bars::ProgressBars;
use crate::{print, summary};

#[derive(Debug, Args)]
pub(crate) struct Ingest {
    /// Slide files, as the scanner wrote them.
    #[arg(required = true)]
    slides: Vec<PathBuf>,
    /// The folder with everything the installation keeps; made if it is not there.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: PathBuf,
    /// Micrometres per pixel of slides that do not say.
    #[arg(long)]
    mpp: Option<Mpp>,
    /// What is not stored of these slides; refused of one that was stored before with all it has.
    #[arg(long, value_enum, default_value_t = DeidentifyChoice::None)]
    deidentify: DeidentifyChoice,
    /// Print one JSON object: {"slides": [...]}.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Answers<'a> {
    slides: &'a [Answer],
}

impl Ingest {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let installation = Installation::open(&self.data).await?;
        let mut answers = Vec::new();
        for file in &self.slides {
            let bars = ProgressBars::new(&file.file_name().unwrap_or_default().to_string_lossy());
            let wish = self.deidentify.wish();
            let answer = match receive(&installation, file, self.mpp, wish, bars.sink()).await? {
                Received::Slide(slide) => {
                    tile(&installation, slide, bars.sink()).await?;
                    Answer::Report(Box::new(cases::report(&installation.catalog, slide).await?))
                }
                Received::Refused(error) => Answer::Refused {
                    file: file.display().to_string(),
                    error,
                },
            };
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
}
