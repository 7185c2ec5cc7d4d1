//! `coverslip encoder train`: the small encoder that ships, made anew.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use shipped::recipe::{EncoderRecipe, train_encoder};

use super::progress_bar;
use crate::files;

#[derive(Debug, Args)]
pub(crate) struct Train {
    /// What to train and on what, for example `models/shipped/encoder/recipe.toml`.
    #[arg(long)]
    recipe: PathBuf,
    /// Where `encoder.json` and `model.safetensors` are written.
    #[arg(long)]
    out: PathBuf,
}

impl Train {
    pub(super) fn run(self) -> Result<()> {
        let recipe = EncoderRecipe::parse(&files::read_text(&self.recipe)?)
            .with_context(|| format!("{} is no encoder recipe", self.recipe.display()))?;
        let bar = progress_bar("training", "step");
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
        files::write_shown(&self.out, &files)
    }
}
