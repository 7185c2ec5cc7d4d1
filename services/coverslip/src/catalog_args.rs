//! Where the catalog lies.

use std::path::PathBuf;

use anyhow::{Result, bail};
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

/// The catalog of an installation that there is.
#[derive(Clone, Debug, Args)]
pub(crate) struct KnownCatalog {
    /// The folder of the installation, whose catalog lies there.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: Option<PathBuf>,
    #[command(flatten)]
    url: CatalogUrl,
}

impl KnownCatalog {
    /// # Errors
    /// If there is none: a mistyped folder is no empty installation.
    pub(crate) async fn open(&self) -> Result<Catalog> {
        match (&self.url.catalog_url, &self.data) {
            (Some(url), _) => Ok(Catalog::connect(url).await?),
            (None, Some(data)) => installation::known_catalog(data).await,
            (None, None) => bail!("give --data or --catalog-url: where the catalog is"),
        }
    }
}

impl CatalogArgs {
    pub(crate) async fn open(&self) -> Result<Catalog> {
        match &self.url.catalog_url {
            None => installation::catalog(&self.data).await,
            Some(url) => Ok(Catalog::connect(url).await?),
        }
    }
}
