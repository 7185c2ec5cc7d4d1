//! `coverslip labels`: what people said of slides, as labels to train by.

mod export;

use anyhow::Result;
use clap::Subcommand;

use self::export::Export;
use crate::exit::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Labels {
    /// Write what pathologists said of a task's results as the CSV that `coverslip train --labels`
    /// reads. Nothing else ever makes labels of reviews; each export is on record.
    Export(Export),
}

impl Labels {
    pub(crate) async fn run(self) -> Result<Outcome> {
        match self {
            Self::Export(export) => export.run().await,
        }
    }
}
