use std::time::Duration;

use sqlx::Error;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use tokio::time::timeout;

use crate::audit::append;
use crate::postgres::ServerName;
use crate::row::Row;
use crate::statement::{Purpose, Statement};
use crate::transaction::Transaction;
use crate::{AuditEvent, CatalogError};

/// How long PostgreSQL may take to answer. It gives up a statement itself before that; one that
/// says nothing at all cannot be reached any more, and its connection is closed.
pub(crate) const ANSWERING: Duration = Duration::from_secs(30);

/// Connections to one database, for one use. Clones share them.
#[derive(Clone)]
pub(crate) enum Connections {
    Sqlite(SqlitePool),
    Postgres(PgPool, ServerName),
}

/// What `$work` comes to on a connection of whichever kind.
macro_rules! on_a_connection {
    ($connections:expr, $connection:ident => $work:expr) => {
        match $connections {
            Connections::Sqlite(pool) => {
                let mut $connection = pool.acquire().await?;
                let answer = $work.await;
                // Where SQLite itself rolled back, as it does on a failing disk, sqlx still counts
                // a transaction as open: later ones would end in it and never be committed.
                if answer.is_err() {
                    $connection.close_on_drop();
                }
                answer
            }
            Connections::Postgres(pool, _) => {
                let mut $connection = pool.acquire().await?;
                let answer = timeout(ANSWERING, $work).await;
                answer.unwrap_or_else(|late| {
                    $connection.close_on_drop();
                    Err(Error::Io(late.into()))
                })
            }
        }
    };
}

impl Connections {
    /// How many rows the statement changed.
    pub(crate) async fn execute(&self, statement: Statement) -> Result<u64, CatalogError> {
        let purpose = statement.purpose;
        let done = self.run(statement).await;
        done.map_err(|error| self.failed(purpose, error))
    }

    /// Executes `first` and, if that changed a row, `then`: both or neither. How many rows `first`
    /// changed.
    pub(crate) async fn execute_both(
        &self,
        first: Statement,
        then: Statement,
    ) -> Result<u64, CatalogError> {
        let mut transaction = self.begin(first.purpose.action).await?;
        let n_changed = transaction.execute(first).await?;
        if n_changed > 0 {
            transaction.execute(then).await?;
        }
        transaction.commit().await?;
        Ok(n_changed)
    }

    /// Executes the statement and, if that changed a row, puts `event` on record: both or neither.
    /// How many rows it changed.
    pub(crate) async fn execute_on_record(
        &self,
        statement: Statement,
        event: AuditEvent,
    ) -> Result<u64, CatalogError> {
        let mut transaction = self.begin(statement.purpose.action).await?;
        let n_changed = transaction.execute(statement).await?;
        if n_changed > 0 {
            append(&mut transaction, event).await?;
        }
        transaction.commit().await?;
        Ok(n_changed)
    }

    /// Statements that take effect together; `action` is what they are for.
    pub(crate) async fn begin(&self, action: &'static str) -> Result<Transaction, CatalogError> {
        Transaction::begin(self, action).await
    }

    pub(crate) async fn fetch_all(&self, statement: Statement) -> Result<Vec<Row>, CatalogError> {
        let purpose = statement.purpose;
        let rows = self.rows(statement).await;
        rows.map_err(|error| self.failed(purpose, error))
    }

    /// The first row.
    pub(crate) async fn fetch_optional(
        &self,
        statement: Statement,
    ) -> Result<Option<Row>, CatalogError> {
        Ok(self.fetch_all(statement).await?.into_iter().next())
    }

    /// The only row of a table that always has one.
    pub(crate) async fn fetch_one(&self, statement: Statement) -> Result<Row, CatalogError> {
        let purpose = statement.purpose;
        let row = self.fetch_optional(statement).await?;
        row.ok_or_else(|| self.failed(purpose, Error::RowNotFound))
    }

    async fn run(&self, statement: Statement) -> Result<u64, Error> {
        on_a_connection!(self, connection => async {
            let done = statement.query().execute(&mut *connection).await?;
            Ok(done.rows_affected())
        })
    }

    async fn rows(&self, statement: Statement) -> Result<Vec<Row>, Error> {
        on_a_connection!(self, connection => async {
            let rows = statement.query().fetch_all(&mut *connection).await?;
            Ok(rows.into_iter().map(Row::from).collect())
        })
    }

    pub(crate) fn failed(&self, purpose: Purpose, error: Error) -> CatalogError {
        match self {
            Self::Sqlite(_) => CatalogError::database(purpose, error),
            Self::Postgres(_, server) => server.failed(purpose, error),
        }
    }
}
