use std::path::Path;

use crate::columns::get_count;
use crate::connections::Connections;
use crate::postgres::{self, Lacking};
use crate::statement::Statement;
use crate::{CatalogError, PostgresUrl, sqlite};

/// The catalog of one installation. Clones share its connections.
#[derive(Clone)]
pub struct Catalog {
    /// For writes that are on disk before they are acknowledged.
    pub(crate) records: Connections,
    /// For what may be lost in a power cut, so that it costs no disk flush.
    pub(crate) notes: Connections,
    pub(crate) readers: Connections,
}

impl Catalog {
    /// Opens the SQLite file at `path`, making it or bringing its schema up to date where needed.
    pub async fn open(path: &Path) -> Result<Self, CatalogError> {
        sqlite::open(path).await
    }

    /// Connects to a database on PostgreSQL, making the tables, and a tenant's schema, or bringing
    /// them up to date where needed. The database itself must be there.
    pub async fn connect(url: &PostgresUrl) -> Result<Self, CatalogError> {
        postgres::connect(url, Lacking::Made).await
    }

    /// The same of a tenant that there is.
    ///
    /// # Errors
    /// If the tenant has no schema there: a mistyped name is no empty installation.
    pub async fn connect_known(url: &PostgresUrl) -> Result<Self, CatalogError> {
        postgres::connect(url, Lacking::Refused).await
    }

    /// A number that grows with every change to slides, progress, timings, predictions or cases,
    /// made by this process or another.
    pub async fn revision(&self) -> Result<u64, CatalogError> {
        let statement = Statement::to("read the revision", "SELECT n FROM revision");
        get_count(&self.readers.fetch_one(statement).await?, "n")
    }

    /// One that grows with every change to cases, their orders and slides, and what people say of
    /// them. The revision grows with it.
    pub async fn case_revision(&self) -> Result<u64, CatalogError> {
        let statement = Statement::to("read the revision", "SELECT cases FROM revision");
        get_count(&self.readers.fetch_one(statement).await?, "cases")
    }
}
