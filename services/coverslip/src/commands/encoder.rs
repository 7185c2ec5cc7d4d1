//! `coverslip encoder`: what the encoder is, and how the small one that ships is made.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use shipped::recipe::{EncoderRecipe, train_encoder};

use crate::exit::Outcome;
use crate::print;

#[derive(Debug, Subcommand)]
pub(crate) enum Encoder {
    /// Print the encoder's settings, licence and intended use, and check its weights' sha256.
    Show,
    /// Train an encoder on phantom tiles by a recipe.
    Train(Train),
}

#[derive(Debug, Args)]
pub(crate) struct Train {
    /// What to train and on what, for example `models/shipped/encoder/recipe.toml`.
    #[arg(long)]
    recipe: PathBuf,
    /// Where `encoder.json` and `model.safetensors` are written.
    #[arg(long)]
    out: PathBuf,
}

impl Encoder {
    pub(crate) fn run(self) -> Result<Outcome> {
        match self {
            Self::Show => print::json(shipped::encoder()?.config())?,
            Self::Train(train) => train.run()?,
        }
        Ok(Outcome::Done)
    }
}

impl Train {
    fn run(self) -> Result<()> {
        let recipe = EncoderRecipe::parse(&read_text(&self.recipe)?)
            .with_context(|| format!("{} is no encoder recipe", self.recipe.display()))?;
        let bar = training_bar("step");
        let trained = train_encoder(&recipe, |report| {
            bar.set_length(report.n_steps as u64);
            bar.set_position(report.step as u64);
            bar.set_message(format!("loss {:.3}", report.loss));
        })?;
        bar.finish_and_clear();
        let json = trained.encoder_json()?;
        let files: [(&str, &[u8]); 2] = [
            ("encoder.json", &json),
            ("model.safetensors", &trained.weights),
        ];
        write_files(&self.out, files)
    }
}

pub(super) fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

pub(super) fn write_files(folder: &Path, files: [(&str, &[u8]); 2]) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        print::line(&path.display().to_string())?;
    }
    Ok(())
}

/// `unit` is what is counted.
pub(super) fn training_bar(unit: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(&format!(
        "training {{bar:30.cyan/238}} {unit} {{pos}}/{{len}} {{msg}} {{elapsed}}"
    ));
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
