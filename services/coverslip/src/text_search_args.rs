//! Whether tiles are found by what is said of them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use tiles::TextSearch;

use crate::files;
use crate::installation::read_config;

#[derive(Clone, Debug, Args)]
pub(crate) struct TextSearchArgs {
    /// A folder that `coverslip encoder import` wrote for an encoder with a text tower: similar
    /// places are then searched by words too, in slides that this encoder embedded.
    #[arg(
        long,
        value_name = "DIR",
        env = "COVERSLIP_TEXT_ENCODER",
        requires = "text_vocabulary"
    )]
    text_encoder: Option<PathBuf>,
    /// CLIP's vocabulary: OpenAI's `bpe_simple_vocab_16e6.txt.gz`.
    #[arg(
        long,
        value_name = "FILE",
        env = "COVERSLIP_TEXT_VOCABULARY",
        requires = "text_encoder"
    )]
    text_vocabulary: Option<PathBuf>,
}

impl TextSearchArgs {
    /// The text tower, if one was named.
    pub(crate) fn load(&self) -> Result<Option<Arc<TextSearch>>> {
        let (Some(folder), Some(vocabulary)) = (&self.text_encoder, &self.text_vocabulary) else {
            return Ok(None);
        };
        let config = read_config(folder)?;
        // Before its weights are looked for: an encoder may have no text tower.
        config.text_tower()?;
        let weights = files::read(&folder.join("text.safetensors"))?;
        let search = TextSearch::new(&config, &weights, &files::read(vocabulary)?);
        let search = search.with_context(|| {
            format!(
                "no text can be searched with the encoder in {}",
                folder.display()
            )
        })?;
        Ok(Some(Arc::new(search)))
    }
}
