//! Where the catalog lies.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use catalog::{Catalog, PostgresUrl};
use clap::Args;
use flow::TenantName;
use http::{AccessControl, FrontDoor};

use crate::installation;
use crate::tenant_args::{Place, TenantArgs};

#[derive(Clone, Debug, Args)]
pub(crate) struct CatalogArgs {
    /// The folder with everything the installation keeps; made if it is not there.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: PathBuf,
    #[command(flatten)]
    url: CatalogUrl,
    #[command(flatten)]
    tenants: TenantArgs,
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
    catalog_url: Option<PostgresUrl>,
}

/// The catalog of an installation that there is, or of several.
#[derive(Clone, Debug, Args)]
pub(crate) struct KnownCatalog {
    /// The folder of the installation, whose catalog lies there.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: Option<PathBuf>,
    #[command(flatten)]
    url: CatalogUrl,
    #[command(flatten)]
    tenants: TenantArgs,
}

impl KnownCatalog {
    /// # Errors
    /// If there is none: a mistyped folder or tenant is no empty installation.
    pub(crate) async fn open(&self) -> Result<Catalog> {
        let place = self.tenants.place(self.data()?)?;
        match self.url.of(place.tenant.as_ref()) {
            Some(url) => Ok(Catalog::connect_known(&url).await?),
            None => installation::known_catalog(&place.folder).await,
        }
    }

    /// Brings all that are named up to date, and makes those that there are not.
    pub(crate) async fn make(&self) -> Result<()> {
        for place in self.tenants.places(self.data()?)? {
            match self.url.of(place.tenant.as_ref()) {
                Some(url) => Catalog::connect(&url).await?,
                None => installation::catalog(&place.folder).await?,
            };
        }
        Ok(())
    }

    /// Of no account where the catalog is on PostgreSQL.
    fn data(&self) -> Result<&Path> {
        match (&self.data, &self.url.catalog_url) {
            (Some(data), _) => Ok(data),
            (None, Some(_)) => Ok(Path::new("")),
            (None, None) => bail!("give --data or --catalog-url: where the catalog is"),
        }
    }
}

impl CatalogArgs {
    /// Of the one installation that it is about.
    pub(crate) fn place(&self) -> Result<Place> {
        self.tenants.place(&self.data)
    }

    pub(crate) fn places(&self) -> Result<Vec<Place>> {
        self.tenants.places(&self.data)
    }

    pub(crate) async fn open(&self) -> Result<Catalog> {
        self.open_in(&self.place()?).await
    }

    /// The folder for what all processes of an installation must know of each other's secrets; `None` where
    /// they need not be on one machine.
    pub(crate) fn secrets(&self) -> Option<&Path> {
        self.url.catalog_url.is_none().then_some(&self.data)
    }

    pub(crate) async fn open_in(&self, place: &Place) -> Result<Catalog> {
        match self.url.of(place.tenant.as_ref()) {
            None => installation::catalog(&place.folder).await,
            Some(url) => Ok(Catalog::connect(&url).await?),
        }
    }

    /// Makes tokens and withdraws them.
    pub(crate) async fn access_control(&self) -> Result<AccessControl> {
        let Place { tenant, .. } = self.place()?;
        let catalog = self.open().await?;
        Ok(AccessControl::behind(FrontDoor::default(), catalog, tenant))
    }
}

impl CatalogUrl {
    /// `None` where the catalog is in the data folder.
    fn of(&self, tenant: Option<&TenantName>) -> Option<PostgresUrl> {
        let url = self.catalog_url.as_ref()?;
        Some(match tenant {
            Some(tenant) => url.of_tenant(tenant),
            None => url.clone(),
        })
    }
}
