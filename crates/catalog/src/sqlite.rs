//! The catalog as a file of SQLite.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::audit::take_in_older;
use crate::connections::Connections;
use crate::migrations::{Dialect, migrate};
use crate::statement::Purpose;
use crate::{Catalog, CatalogError};

/// How long a statement waits for another process's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

const READERS: u32 = 3;

/// One connection for records, so that our own writes queue here and not on SQLite's lock.
pub(crate) async fn open(path: &Path) -> Result<Catalog, CatalogError> {
    let options = options(path);
    let records = options.clone().synchronous(SqliteSynchronous::Full);
    let lock = lock_beside(path.to_owned()).await?;
    let records = pool(records, 1).await?;
    let mut connection = records.acquire().await.map_err(not_opened)?;
    let migrated = migrate(&mut *connection, Dialect::Sqlite).await;
    migrated.map_err(CatalogError::migrating)?;
    drop((connection, lock));
    let catalog = Catalog {
        records: Connections::Sqlite(records),
        notes: Connections::Sqlite(pool(options.clone(), 1).await?),
        readers: Connections::Sqlite(pool(options.read_only(true), READERS).await?),
    };
    take_in_older(&catalog).await?;
    Ok(catalog)
}

/// Of two processes that open a new catalog at once, one makes the tables.
async fn lock_beside(path: PathBuf) -> Result<File, CatalogError> {
    let lock = move || {
        let file = File::create(path.with_extension("lock"))?;
        file.lock().map(|()| file)
    };
    match tokio::task::spawn_blocking(lock).await {
        Ok(locked) => locked.map_err(CatalogError::Lock),
        Err(stopped) => Err(CatalogError::Lock(stopped.into())),
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
}

async fn pool(
    options: SqliteConnectOptions,
    max_connections: u32,
) -> Result<SqlitePool, CatalogError> {
    SqlitePoolOptions::new()
        .max_connections(max_connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(not_opened)
}

fn not_opened(error: sqlx::Error) -> CatalogError {
    let action = "open a connection";
    let about = None;
    CatalogError::database(Purpose { action, about }, error)
}
