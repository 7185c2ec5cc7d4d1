//! `coverslip migrate`: bring the catalog's tables up to date before newer processes start.

use std::path::PathBuf;

use anyhow::Result;
use catalog::{Catalog, PostgresUrl};
use clap::Args;

use crate::exit::Outcome;
use crate::{installation, print};

/// Every part does the same when it starts. This is for installations that upgrade in one place
/// first, and see there if it fails.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Migrate {
    /// The folder of the installation, whose catalog lies there.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: Option<PathBuf>,
    /// The catalog on PostgreSQL, as postgres://USER:PASSWORD@HOST:5432/DATABASE. Better given in
    /// the environment: others on the machine can read command lines.
    #[arg(
        long,
        env = "COVERSLIP_CATALOG_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    catalog_url: Option<PostgresUrl>,
}

impl Migrate {
    pub(crate) async fn run(self) -> Result<Outcome> {
        match (self.catalog_url, self.data) {
            (Some(url), _) => drop(Catalog::connect(&url).await?),
            (None, Some(data)) => drop(installation::catalog(&data).await?),
            (None, None) => {}
        }
        print::line("the catalog's tables are those of this version")?;
        Ok(Outcome::Done)
    }
}
