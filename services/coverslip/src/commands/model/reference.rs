use anyhow::Result;
use cases::{ReferenceSelection, choose_reference};
use catalog::IsoWeek;
use clap::Args;
use flow::Sha256Digest;

use super::By;
use crate::catalog_args::KnownCatalog;
use crate::print;

#[derive(Debug, Args)]
pub(crate) struct Reference {
    #[command(flatten)]
    catalog: KnownCatalog,
    #[command(flatten)]
    by: By,
    model: Sha256Digest,
    /// The first week, such as 2026-W40: slides go by when they were first scored.
    #[arg(long)]
    from: IsoWeek,
    /// The last week.
    #[arg(long)]
    to: IsoWeek,
    /// Maker and model as the files say, or `unknown`; may be given several times. All if not given.
    #[arg(long, value_name = "NAME")]
    scanner: Vec<String>,
    /// Why, for the record.
    #[arg(long)]
    reason: String,
}

impl Reference {
    pub(super) async fn run(self) -> Result<()> {
        let selection = ReferenceSelection {
            from: self.from,
            to: self.to,
            scanners: self.scanner.into_iter().collect(),
        };
        let catalog = self.catalog.open().await?;
        let (name, reason) = (self.by.name(), self.reason.as_str());
        let stored = choose_reference(&catalog, self.model, selection, (&name, reason)).await?;
        print::line(&format!(
            "reference {}: {} slides",
            stored.number, stored.n_slides
        ))
    }
}
