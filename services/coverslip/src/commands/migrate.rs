//! `coverslip migrate`: bring the catalog's tables up to date before newer processes start.

use std::path::PathBuf;

use anyhow::{Result, bail};
use catalog::Catalog;
use clap::Args;

use crate::catalog_args::CatalogUrl;
use crate::exit::Outcome;
use crate::{installation, print};

/// Every part does the same when it starts. This is for installations that upgrade in one place
/// first, and see there if it fails.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// The folder of the installation, whose catalog lies there.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: Option<PathBuf>,
    #[command(flatten)]
    url: CatalogUrl,
}

impl Migrate {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let _opened = match (self.url.catalog_url, self.data) {
            (Some(url), _) => Catalog::connect(&url).await?,
            (None, Some(data)) => installation::catalog(&data).await?,
            (None, None) => bail!("give --data or --catalog-url: where the catalog is"),
        };
        print::line("the catalog's tables are those of this version")?;
        Ok(Outcome::Done)
    }
}
