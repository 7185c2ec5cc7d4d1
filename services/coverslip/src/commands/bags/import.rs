//! `coverslip bags import`: what was found in each file is shown, and what became of it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use bags::BagFile;
use clap::Args;
use embed_worker::{Imported, import_bag};
use flow::{Mpp, Precision, SlideId};
use tokio::task::spawn_blocking;

use crate::bag_files::{bag_files, slide_name};
use crate::encoder_choice::EncoderChoice;
use crate::exit::Outcome;
use crate::installation::Installation;
use crate::print;
use crate::slide_names::SlideNames;

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// A bag (.h5 or .pt), or a folder with one file a slide, named after the slide's id or after
    /// the file that was pushed.
    path: PathBuf,
    /// The folder with everything the installation keeps.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: PathBuf,
    /// The slide of a single file, whatever that is called.
    #[arg(long)]
    slide: Option<SlideId>,
    /// The encoder that made the bags: a folder of `coverslip encoder import`, or a name; what the
    /// file states if not given.
    #[arg(long)]
    encoder: Option<String>,
    /// Micrometres per pixel that the encoder saw, for files that do not say it.
    #[arg(long)]
    mpp: Option<Mpp>,
}

impl Import {
    pub(super) async fn run(self) -> Result<Outcome> {
        let files = bag_files(&self.path)?;
        ensure!(
            self.slide.is_none() || self.path.is_file(),
            "--slide names the slide of one file, and {} is a folder",
            self.path.display()
        );
        let installation = Installation::open(&self.data).await?;
        let names = SlideNames::read(&installation.catalog).await?;
        let mut n_refused = 0;
        for file in &files {
            let line = match self.take(&installation, &names, file).await {
                Ok(line) => line,
                Err(error) => {
                    n_refused += 1;
                    format!("  refused: {error:#}")
                }
            };
            print::line(&format!("{}\n{line}", file.display()))?;
        }
        if n_refused == 0 {
            return Ok(Outcome::Done);
        }
        print::line(&format!(
            "{n_refused} of {} files were refused",
            files.len()
        ))?;
        Ok(Outcome::Refused)
    }

    /// What was found and what became of it, for people.
    async fn take(
        &self,
        installation: &Installation,
        names: &SlideNames,
        file: &Path,
    ) -> Result<String> {
        let slide = match self.slide {
            Some(slide) => slide,
            None => names
                .find(&slide_name(file))
                .map_err(|reason| anyhow!(reason))?,
        };
        let path = file.to_owned();
        let bag = spawn_blocking(move || bags::read(&path)).await??;
        let choice = self.encoder_of(&bag)?;
        let mpp = self.mpp.or(choice.mpp);
        let (store, encoder) = (&installation.store, &choice.encoder);
        let imported = import_bag(store, slide, (encoder, mpp), &bag)
            .await
            .with_context(|| format!("found {bag}"))?;
        let became = match imported {
            Imported::Stored => "stored",
            Imported::AlreadyThere => "already there",
        };
        Ok(format!(
            "  found     {bag}\n  {became:<9} as the bag of slide {slide} by `{}` ({})",
            encoder.name,
            encoder.hash.short()
        ))
    }

    fn encoder_of(&self, bag: &BagFile) -> Result<EncoderChoice> {
        match (&self.encoder, &bag.encoder) {
            (Some(given), _) => EncoderChoice::parse(given, Precision::F32),
            (None, Some(stated)) => Ok(EncoderChoice::of_name(stated)),
            (None, None) => Err(anyhow!(
                "found {bag}: name the encoder that made it by --encoder"
            )),
        }
    }
}
