//! `coverslip bags`: bags of other tools come in and go out.

mod export;
mod import;

use anyhow::Result;
use clap::Subcommand;

use self::export::Export;
use self::import::Import;
use crate::exit::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Bags {
    /// Take in bags that TRIDENT, CLAM or STAMP made of slides of this installation.
    Import(Import),
    /// Write stored bags as TRIDENT, CLAM or STAMP would.
    Export(Export),
}

impl Bags {
    pub(crate) async fn run(self) -> Result<Outcome> {
        match self {
            Self::Import(import) => import.run().await,
            Self::Export(export) => export.run().await,
        }
    }
}
