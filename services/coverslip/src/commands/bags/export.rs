//! `coverslip bags export`: stored bags as the files of another tool.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use bags::{BagFormat, OutgoingBag};
use clap::Args;
use flow::{EncoderRef, ObjectKey, SlideId, SlideManifest};
use store::Bag;
use tokio::task::spawn_blocking;

use crate::compute_choice::PrecisionChoice;
use crate::encoder_choice::EncoderChoice;
use crate::exit::Outcome;
use crate::installation::Installation;
use crate::print;
use crate::slide_names::SlideNames;

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Slides of this installation; all that have a bag of the encoder if none is given.
    slides: Vec<SlideId>,
    /// The folder with everything the installation keeps.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: PathBuf,
    /// trident, clam or stamp.
    #[arg(long)]
    format: BagFormat,
    /// Where the files go, named after the files that were pushed.
    #[arg(long)]
    out: PathBuf,
    /// Whose bags: a folder of `coverslip encoder import`, or the name under which they were
    /// imported; the encoder that ships if not given.
    #[arg(long)]
    encoder: Option<String>,
    #[command(flatten)]
    precision: PrecisionChoice,
}

impl Export {
    pub(super) async fn run(self) -> Result<Outcome> {
        let installation = Installation::open(&self.data).await?;
        let choice = EncoderChoice::of(self.encoder.as_deref(), self.precision.precision)?;
        let names = SlideNames::read(&installation.catalog).await?;
        let slides = self.slides(&installation, &names, &choice.encoder).await?;
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("cannot create {}", self.out.display()))?;
        for slide in slides {
            let name = names.name_of(slide);
            self.export(&installation, slide, &choice.encoder, name)
                .await
                .with_context(|| format!("cannot export the bag of slide {slide}"))?;
        }
        Ok(Outcome::Done)
    }

    async fn slides(
        &self,
        installation: &Installation,
        names: &SlideNames,
        encoder: &EncoderRef,
    ) -> Result<Vec<SlideId>> {
        if !self.slides.is_empty() {
            return Ok(self.slides.clone());
        }
        let found = names.with_bag(&installation.store, encoder.hash).await?;
        if found.is_empty() {
            bail!(
                "no slide in {} has a bag of encoder `{}`",
                self.data.display(),
                encoder.name
            );
        }
        Ok(found)
    }

    async fn export(
        &self,
        installation: &Installation,
        slide: SlideId,
        encoder: &EncoderRef,
        name: String,
    ) -> Result<()> {
        let store = &installation.store;
        let bag = Bag::read(store, slide, encoder.hash).await?;
        let manifest = store.get(&ObjectKey::SlideManifest(slide)).await?;
        let manifest: SlideManifest = serde_json::from_slice(&manifest)?;
        let (format, folder) = (self.format, self.out.clone());
        let written = spawn_blocking(move || {
            let outgoing = OutgoingBag {
                name: &name,
                slide: &manifest,
                header: &bag.header,
                instances: &bag.instances,
                embeddings: &bag.embeddings,
            };
            bags::write(&outgoing, format, &folder)
        });
        for path in written.await?? {
            print::line(&path.display().to_string())?;
        }
        Ok(())
    }
}
