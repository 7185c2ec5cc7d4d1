//! Where the catalog lies.

use std::path::PathBuf;

use anyhow::Result;
use catalog::{Catalog, PostgresUrl};
use clap::Args;

use crate::installation;

#[derive(Clone, Debug, Args)]
pub(crate) struct CatalogArgs {
    /// The folder with everything the installation keeps; made if it is not there.
    #[arg(long, env = "COVERSLIP_DATA")]
    pub(crate) data: PathBuf,
    #[command(flatten)]
    url: CatalogUrl,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct CatalogUrl {
    /// Keep the catalog on PostgreSQL, as postgres://USER:PASSWORD@HOST:5432/DATABASE, rather than
    /// in the data folder. Better given in the environment: others on the machine can read command
    /// lines.
    #[arg(
        long,
        env = "COVERSLIP_CATALOG_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) catalog_url: Option<PostgresUrl>,
}

impl CatalogArgs {
    pub(crate) async fn open(&self) -> Result<Catalog> {
        match &self.url.catalog_url {
            None => installation::catalog(&self.data).await,
            Some(url) => Ok(Catalog::connect(url).await?),
        }
    }
}
