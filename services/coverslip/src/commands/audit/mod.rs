//! `coverslip audit`: whether the audit trail is what was written, and giving it out.

mod coding;
mod event;
mod export;
mod verify;

use anyhow::Result;
use clap::Subcommand;

use self::export::Export;
use self::verify::Verify;
use crate::exit::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Follow the chain of events from the first to the last and print its head, or the first fault.
    Verify(Verify),
    /// Write the trail as one FHIR AuditEvent (R4) a line.
    Export(Export),
}

impl Audit {
    pub(crate) async fn run(self) -> Result<Outcome> {
        match self {
            Self::Verify(verify) => verify.run().await,
            Self::Export(export) => export.run().await,
        }
    }
}
