//! Places for one catalog.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use coverslip_catalog::{Catalog, CatalogError, PostgresUrl};
use servers::PostgresServer;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

pub(crate) type Error = Box<dyn std::error::Error>;
pub(crate) type TestResult = Result<(), Error>;

/// Empty until it is opened first.
pub(crate) enum Place {
    Sqlite(tempfile::TempDir),
    Postgres(String),
}

impl Place {
    pub(crate) fn sqlite() -> Result<Self, Error> {
        Ok(Self::Sqlite(tempfile::tempdir()?))
    }

    /// On the server that all tests of this binary share.
    pub(crate) fn postgres() -> Result<Self, Error> {
        static N_PLACES: AtomicU32 = AtomicU32::new(0);
        let name = format!("place_{}", N_PLACES.fetch_add(1, Ordering::Relaxed));
        Ok(Self::Postgres(shared()?.new_database(&name)?))
    }

    /// With connections of its own, as each process has.
    pub(crate) async fn open(&self) -> Result<Catalog, CatalogError> {
        match self {
            Self::Sqlite(folder) => Catalog::open(&file_in(folder)).await,
            Self::Postgres(url) => Catalog::connect(&parsed(url)).await,
        }
    }

    /// Behind the catalog's back.
    pub(crate) async fn execute(&self, statement: &'static str) -> TestResult {
        match self {
            Self::Sqlite(_) => {
                self.sqlite_connection().await?.execute(statement).await?;
            }
            Self::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await?;
                connection.execute(statement).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn sqlite_connection(&self) -> Result<SqliteConnection, Error> {
        let Self::Sqlite(folder) = self else {
            return Err("this place is on PostgreSQL".into());
        };
        let file = SqliteConnectOptions::new()
            .filename(file_in(folder))
            .busy_timeout(std::time::Duration::from_secs(10));
        Ok(SqliteConnection::connect_with(&file).await?)
    }
}

pub(crate) fn file_in(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("catalog.sqlite")
}

pub(crate) fn parsed(url: &str) -> PostgresUrl {
    url.parse().expect("tests give good URLs")
}

fn shared() -> Result<&'static PostgresServer, Error> {
    static SHARED: OnceLock<Result<PostgresServer, String>> = OnceLock::new();
    let server = SHARED.get_or_init(|| PostgresServer::start().map_err(|e| format!("{e:#}")));
    server.as_ref().map_err(|error| error.clone().into())
}
