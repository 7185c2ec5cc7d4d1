use sqlx::pool::PoolConnection;
use sqlx::{Error, Postgres, Sqlite};
use tokio::time::timeout;

use crate::CatalogError;
use crate::connections::{ANSWERING, Connections};
use crate::row::Row;
use crate::statement::{Purpose, Statement};

/// Statements that take effect together, at [`Transaction::commit`]. Dropped before, they have none.
///
/// On SQLite nobody else writes meanwhile, in this process or another.
pub(crate) struct Transaction {
    connection: Held,
    connections: Connections,
    purpose: Purpose,
    stage: Stage,
}

enum Held {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    Committed,
}

macro_rules! on_the_connection {
    ($held:expr, $connection:ident => $work:expr) => {
        match &mut $held {
            Held::Sqlite($connection) => $work.await,
            Held::Postgres($connection) => {
                let answer = timeout(ANSWERING, $work).await;
                answer.unwrap_or_else(|late| Err(Error::Io(late.into())))
            }
        }
    };
}

impl Transaction {
    pub(crate) async fn begin(
        connections: &Connections,
        action: &'static str,
    ) -> Result<Self, CatalogError> {
        let purpose = Purpose {
            action,
            about: None,
        };
        let connection = held(connections).await;
        let mut transaction = Self {
            connection: connection.map_err(|error| connections.failed(purpose, error))?,
            connections: connections.clone(),
            purpose,
            stage: Stage::Open,
        };
        // A transaction of SQLite that reads before it writes could not write any more once another
        // has: this one has the right to write from the beginning.
        let begin = match &transaction.connection {
            Held::Sqlite(_) => "BEGIN IMMEDIATE",
            Held::Postgres(_) => "BEGIN",
        };
        transaction.say(begin).await?;
        Ok(transaction)
    }

    /// How many rows the statement changed.
    pub(crate) async fn execute(&mut self, statement: Statement) -> Result<u64, CatalogError> {
        let purpose = statement.purpose;
        let done = on_the_connection!(self.connection, connection => async {
            let done = statement.query().execute(&mut **connection).await?;
            Ok::<_, Error>(done.rows_affected())
        });
        done.map_err(|error| self.connections.failed(purpose, error))
    }

    pub(crate) async fn fetch_all(
        &mut self,
        statement: Statement,
    ) -> Result<Vec<Row>, CatalogError> {
        let purpose = statement.purpose;
        let rows = on_the_connection!(self.connection, connection => async {
            let rows = statement.query().fetch_all(&mut **connection).await?;
            Ok::<_, Error>(rows.into_iter().map(Row::from).collect())
        });
        rows.map_err(|error| self.connections.failed(purpose, error))
    }

    /// The first row.
    pub(crate) async fn fetch_optional(
        &mut self,
        statement: Statement,
    ) -> Result<Option<Row>, CatalogError> {
        Ok(self.fetch_all(statement).await?.into_iter().next())
    }

    /// The only row of a table that always has one.
    pub(crate) async fn fetch_one(&mut self, statement: Statement) -> Result<Row, CatalogError> {
        let purpose = statement.purpose;
        let row = self.fetch_optional(statement).await?;
        row.ok_or_else(|| self.connections.failed(purpose, Error::RowNotFound))
    }

    pub(crate) async fn commit(mut self) -> Result<(), CatalogError> {
        self.say("COMMIT").await?;
        self.stage = Stage::Committed;
        Ok(())
    }

    async fn say(&mut self, sql: &'static str) -> Result<(), CatalogError> {
        let done = on_the_connection!(self.connection, connection => async {
            sqlx::raw_sql(sql).execute(&mut **connection).await.map(drop)
        });
        done.map_err(|error| self.connections.failed(self.purpose, error))
    }
}

impl Drop for Transaction {
    /// What is not committed ends with the connection, whatever state that is in: SQLite may have
    /// rolled back itself, and a server may not answer.
    fn drop(&mut self) {
        if self.stage == Stage::Committed {
            return;
        }
        match &mut self.connection {
            Held::Sqlite(connection) => connection.close_on_drop(),
            Held::Postgres(connection) => connection.close_on_drop(),
        }
    }
}

async fn held(connections: &Connections) -> Result<Held, Error> {
    Ok(match connections {
        Connections::Sqlite(pool) => Held::Sqlite(pool.acquire().await?),
        Connections::Postgres(pool, _) => Held::Postgres(pool.acquire().await?),
    })
}
