use std::io;

use flow::{CaseId, ModelAlertId, Sha256Digest, SlideId};
use sqlx::migrate::MigrateError;
use thiserror::Error;

use crate::statement::Purpose;

/// Why the catalog could not answer.
#[derive(Debug, Error)]
pub enum CatalogError {
    #[error("there is no slide {id} in the catalog")]
    UnknownSlide { id: SlideId },
    #[error("there is no case {id} in the catalog")]
    UnknownCase { id: CaseId },
    #[error("no model {hash} is registered")]
    UnknownModel { hash: Sha256Digest },
    #[error("there is no alert {id} in the catalog")]
    UnknownAlert { id: ModelAlertId },
    #[error("cannot {action} in the catalog")]
    Database {
        action: &'static str,
        source: sqlx::Error,
    },
    /// It may be there again soon. Whether a change was made before it went is not known.
    #[error(
        "cannot {action}: the catalog at {server} does not answer: see that PostgreSQL runs there, \
         can be reached from here and has connections to spare"
    )]
    Away {
        action: &'static str,
        server: String,
        source: sqlx::Error,
    },
    #[error("cannot connect to the catalog at {server}: {remedy}")]
    Connect {
        server: String,
        remedy: &'static str,
        source: sqlx::Error,
    },
    #[error("cannot lock the catalog: check that its folder is there and can be written to")]
    Lock(#[source] io::Error),
    #[error("cannot bring the catalog up to date: was it written by a newer version?")]
    Migrate(#[source] MigrateError),
    #[error("cannot make the catalog's tables: may its user make tables there?")]
    Tables(#[source] MigrateError),
    #[error("there is no schema {schema} at {server}: no such tenant was ever served from there")]
    NoSchema { schema: String, server: String },
    #[error(
        "cannot make the schema {schema}: its user may make none in this database; give it the right \
         to, or make the schema and have that user own it"
    )]
    Schema { schema: String, source: sqlx::Error },
    #[error("the catalog holds a {column} that cannot be read")]
    Damaged {
        column: &'static str,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("too many {what} were written at the same moment: try again")]
    TooMany { what: &'static str },
    #[error("a {column} cannot be written as JSON")]
    Encode {
        column: &'static str,
        source: serde_json::Error,
    },
}

impl CatalogError {
    /// Tells a slide that is not there from a failure.
    pub(crate) fn database(purpose: Purpose, source: sqlx::Error) -> Self {
        let Purpose { action, about } = purpose;
        let database = source.as_database_error();
        match about {
            Some(id) if database.is_some_and(|error| error.is_foreign_key_violation()) => {
                Self::UnknownSlide { id }
            }
            _ => Self::Database { action, source },
        }
    }

    pub(crate) fn migrating(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(_) | MigrateError::ExecuteMigration(..) => Self::Tables(error),
            _ => Self::Migrate(error),
        }
    }

    pub(crate) fn damaged<E>(column: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self::Damaged {
            column,
            source: source.into(),
        }
    }
}
