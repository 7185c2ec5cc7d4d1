//! `coverslip encoder paint`: phantom tiles for a trainer that is not part of the binary.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use shipped::recipe::{EncoderRecipe, paint_tiles};

use crate::files;
use crate::print;

#[derive(Debug, Args)]
pub(crate) struct Paint {
    /// Which tiles, for example `models/shipped/encoder/recipe.toml`.
    #[arg(long)]
    recipe: PathBuf,
    /// The safetensors file to write: pixels, and the tissue of every tile and patch.
    #[arg(long)]
    out: PathBuf,
}

impl Paint {
    pub(super) fn run(self) -> Result<()> {
        let recipe = EncoderRecipe::parse(&files::read_text(&self.recipe)?)
            .with_context(|| format!("{} is no encoder recipe", self.recipe.display()))?;
        let n_tiles = paint_tiles(&recipe, &self.out)
            .with_context(|| format!("cannot paint {}", self.out.display()))?;
        print::line(&format!("{}: {n_tiles} tiles", self.out.display()))
    }
}
