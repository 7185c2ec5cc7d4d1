use std::fmt;
use std::sync::Arc;

use flow::TenantName;
use sqlx::migrate::Migrate;
use sqlx::{AssertSqlSafe, Error, PgConnection};

use super::{Lacking, ServerName};
use crate::CatalogError;

/// The tables of one tenant among those of a database.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Schema(Arc<str>);

impl Schema {
    /// No two tenants have the same: their names have no underscore.
    pub(super) fn of(tenant: &TenantName) -> Self {
        let name = tenant.as_str().replace('-', "_");
        Self(format!("tenant_{name}").into())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Looks before it makes one, so that a user who may make none is enough for a schema that is
    /// there. One process at a time: the lock is that of migrations.
    pub(super) async fn ensure(
        &self,
        connection: &mut PgConnection,
        server: &ServerName,
        lacking: Lacking,
    ) -> Result<(), CatalogError> {
        let locked = connection.lock().await;
        locked.map_err(|error| server.not_migrated(error))?;
        let is_there = self.is_there(connection).await;
        match (is_there, lacking) {
            (Err(error), _) => return Err(server.not_reached(error)),
            (Ok(true), _) => {}
            (Ok(false), Lacking::Made) => {
                let made = self.make(connection).await;
                made.map_err(|source| CatalogError::Schema {
                    schema: self.to_string(),
                    source,
                })?;
            }
            (Ok(false), Lacking::Refused) => return Err(server.lacks(self)),
        }
        let unlocked = connection.unlock().await;
        unlocked.map_err(|error| server.not_migrated(error))
    }

    async fn is_there(&self, connection: &mut PgConnection) -> Result<bool, Error> {
        let named = "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = $1";
        let found = sqlx::query(named).bind(self.as_str());
        Ok(found.fetch_optional(connection).await?.is_some())
    }

    async fn make(&self, connection: &mut PgConnection) -> Result<(), Error> {
        // Lower-case letters, digits and underscores: see `TenantName`.
        let make = AssertSqlSafe(format!("CREATE SCHEMA {self}"));
        sqlx::raw_sql(make).execute(connection).await.map(drop)
    }
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
