use std::io::ErrorKind;
use std::sync::Arc;

use sqlx::Error;
use sqlx::migrate::MigrateError;

use super::PostgresUrl;
use super::schema::Schema;
use crate::CatalogError;
use crate::statement::Purpose;

/// Where the catalog is, as errors tell it: without user and password.
#[derive(Clone)]
pub(crate) struct ServerName(Arc<str>);

impl ServerName {
    pub(super) fn of(url: &PostgresUrl) -> Self {
        Self(url.to_string().into())
    }

    pub(super) fn not_reached(&self, source: Error) -> CatalogError {
        CatalogError::Connect {
            server: self.0.to_string(),
            remedy: remedy(&source),
            source,
        }
    }

    pub(super) fn lacks(&self, schema: &Schema) -> CatalogError {
        CatalogError::NoSchema {
            schema: schema.to_string(),
            server: self.0.to_string(),
        }
    }

    pub(super) fn not_migrated(&self, error: MigrateError) -> CatalogError {
        match error {
            MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _)
                if is_away(&source) =>
            {
                self.not_reached(source)
            }
            other => CatalogError::migrating(other),
        }
    }

    pub(crate) fn failed(&self, purpose: Purpose, source: Error) -> CatalogError {
        if is_away(&source) {
            return CatalogError::Away {
                action: purpose.action,
                server: self.0.to_string(),
                source,
            };
        }
        CatalogError::database(purpose, source)
    }
}

/// Whether the server, rather than the statement, is at fault.
fn is_away(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut => true,
        // Classes 08, connection exceptions, and 57P, the operator's interventions, among them a
        // shutdown and a start that is under way.
        Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            code.starts_with("08") || code.starts_with("57P")
        }
        _ => false,
    }
}

const TLS: &str = "see that it speaks TLS with a certificate that sslrootcert or this machine \
                   vouches for, or choose another sslmode in the URL";

fn remedy(error: &Error) -> &'static str {
    let code = error.as_database_error().and_then(|error| error.code());
    // A handshake that fails over a certificate is told as bad data.
    let is_bad_data = |error: &std::io::Error| error.kind() == ErrorKind::InvalidData;
    match (error, code.as_deref()) {
        (Error::Tls(_), _) => TLS,
        (Error::Io(error), _) if is_bad_data(error) => TLS,
        (_, Some("28P01" | "28000")) => "see that user and password are right and may connect",
        (_, Some("3D000")) => "make the database first, with createdb",
        (_, Some("53300")) => "it has no connection to spare: raise its max_connections",
        _ => "see that PostgreSQL runs there and can be reached from here",
    }
}
