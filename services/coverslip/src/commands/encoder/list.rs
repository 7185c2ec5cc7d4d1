//! `coverslip encoder list`.

use anyhow::Result;
use clap::Args;
use encoder::{PositionFilter, Published};

use crate::print;

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Print one JSON array.
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self) -> Result<()> {
        let mut all = vec![shipped()?];
        all.extend(Published::all()?);
        if self.json {
            return print::json(&all);
        }
        all.iter()
            .try_for_each(|encoder| print::line(&in_words(encoder)))
    }
}

fn shipped() -> Result<Published> {
    let config = shipped::encoder_config()?;
    Ok(Published {
        name: config.name,
        source: "ships with Coverslip".to_owned(),
        licence: config.licence,
        intended_use: config.intended_use,
        architecture: config.architecture,
        input: config.input,
        trained_mpp: config.trained_mpp,
        text: None,
        position_filter: PositionFilter::default(),
    })
}

fn in_words(encoder: &Published) -> String {
    let mpp = match &encoder.trained_mpp {
        Some(trained) => format!("{} (trained at {trained})", encoder.input.mpp),
        None => encoder.input.mpp.to_string(),
    };
    format!(
        "{}\n  tiles    {} px at {mpp} um/px, {} values each\n  \
         weights  {}\n  licence  {}\n  use      {}",
        encoder.name,
        encoder.input.tile_px,
        encoder.architecture.dimension(),
        encoder.source,
        encoder.licence,
        encoder.intended_use,
    )
}
