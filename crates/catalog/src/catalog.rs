use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::CatalogError;
use crate::migrations::migrator;

/// How long a statement waits for another process's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

const READERS: u32 = 3;

/// The catalog of one data directory. Clones share its connections.
#[derive(Clone)]
pub struct Catalog {
    /// One connection, so that our own writes queue here and not on SQLite's lock. On disk before
    /// a write is acknowledged.
    pub(crate) records: SqlitePool,
    /// One connection for what may be lost in a power cut, so that it costs no disk flush.
    pub(crate) notes: SqlitePool,
    pub(crate) readers: SqlitePool,
}

impl Catalog {
    /// Opens the file at `path`, making it or bringing its schema up to date where needed.
    pub async fn open(path: &Path) -> Result<Self, CatalogError> {
        let options = options(path);
        let records = options.clone().synchronous(SqliteSynchronous::Full);
        let lock = lock_beside(path.to_owned()).await?;
        let records = pool(records, 1).await?;
        let migrated = migrator().run(&records).await;
        migrated.map_err(CatalogError::Migrate)?;
        drop(lock);
        Ok(Self {
            records,
            notes: pool(options.clone(), 1).await?,
            readers: pool(options.read_only(true), READERS).await?,
        })
    }

    /// A number that grows with every change to slides, progress, timings or predictions, made by
    /// this process or another.
    pub async fn revision(&self) -> Result<u64, CatalogError> {
        let n: i64 = sqlx::query_scalar("SELECT n FROM revision")
            .fetch_one(&self.readers)
            .await
            .map_err(CatalogError::database("read the revision"))?;
        Ok(n.cast_unsigned())
    }
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
        .map_err(CatalogError::database("open a connection"))
}
