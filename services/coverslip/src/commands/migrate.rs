//! `coverslip migrate`: bring the catalog's tables up to date before newer processes start.

use anyhow::Result;
use clap::Args;

use crate::catalog_args::KnownCatalog;
use crate::exit::Outcome;
use crate::print;

/// Every part does the same when it starts. This is for installations that upgrade in one place
/// first, and see there if it fails. Of several tenants it is for all that are named.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    catalog: KnownCatalog,
}

impl Migrate {
    pub(crate) async fn run(self) -> Result<Outcome> {
        self.catalog.make().await?;
        print::line("the catalog's tables are those of this version")?;
        Ok(Outcome::Done)
    }
}
