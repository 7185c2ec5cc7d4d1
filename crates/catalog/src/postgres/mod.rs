//! The catalog as a database on PostgreSQL.

mod schema;
mod server_name;
mod url;

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Error, PgConnection};
use tokio::time::timeout;

use crate::audit::take_in_older;
use crate::connections::Connections;
use crate::migrations::{Dialect, migrate};
use crate::{Catalog, CatalogError};

use self::schema::Schema;
pub(crate) use server_name::ServerName;
pub use url::{NoPostgresUrl, PostgresUrl};

/// How long a call waits for a connection, which is how long it bridges a restart of the server.
const CONNECTING: Duration = Duration::from_secs(5);

/// Connections of one process, beside the one for notes: a server has a hundred in all, if it is
/// not told otherwise.
const CONNECTIONS: u32 = 4;

/// What the server is told of each connection. It gives up by itself what nobody waits for any
/// more, so that a machine that is gone leaves no locks behind.
const SETTINGS: [(&str, &str); 4] = [
    ("default_transaction_isolation", "read committed"),
    ("idle_in_transaction_session_timeout", "20s"),
    ("lock_timeout", "20s"),
    ("statement_timeout", "20s"),
];

/// What becomes of a schema that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lacking {
    Made,
    Refused,
}

pub(crate) async fn connect(url: &PostgresUrl, lacking: Lacking) -> Result<Catalog, CatalogError> {
    let server = ServerName::of(url);
    migrate_on(url, &server, lacking).await?;
    let durable = |commit: &str| {
        let settings = [("synchronous_commit", commit)];
        url.options().options(SETTINGS).options(settings)
    };
    let records = Connections::Postgres(pool(durable("on"), CONNECTIONS), server.clone());
    let catalog = Catalog {
        readers: records.clone(),
        records,
        notes: Connections::Postgres(pool(durable("off"), 1), server),
    };
    take_in_older(&catalog).await?;
    Ok(catalog)
}

/// On a connection of its own, which is in no hurry: others may be migrating, and so may old rows.
async fn migrate_on(
    url: &PostgresUrl,
    server: &ServerName,
    lacking: Lacking,
) -> Result<(), CatalogError> {
    // The server would remark on tables that are there already, and the driver log it.
    let options = url.options().options([("client_min_messages", "warning")]);
    let connection = match timeout(CONNECTING, PgConnection::connect_with(&options)).await {
        Ok(connection) => connection,
        Err(late) => Err(Error::Io(late.into())),
    };
    let mut connection = connection.map_err(|error| server.not_reached(error))?;
    if let Some(schema) = url.schema() {
        schema.ensure(&mut connection, server, lacking).await?;
    }
    let migrated = migrate(&mut connection, Dialect::Postgres).await;
    migrated.map_err(|error| server.not_migrated(error))?;
    // The schema is up to date, however the farewell goes.
    let _closed = timeout(CONNECTING, connection.close()).await;
    Ok(())
}

/// Connects when it is asked to. A connection is tested before it is used, so that a restart of the
/// server shows in no answer once it is back.
fn pool(options: PgConnectOptions, max_connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(CONNECTING)
        .connect_lazy_with(options.disable_statement_logging())
}
