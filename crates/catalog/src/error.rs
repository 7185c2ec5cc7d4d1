use std::io;

use flow::SlideId;
use thiserror::Error;

/// Why the catalog could not answer.
#[derive(Debug, Error)]
pub enum CatalogError {
    #[error("there is no slide {id} in the catalog")]
    UnknownSlide { id: SlideId },
    #[error("cannot {action} in the catalog")]
    Database {
        action: &'static str,
        source: sqlx::Error,
    },
    #[error("cannot lock the catalog: check that its folder is there and can be written to")]
    Lock(#[source] io::Error),
    #[error("cannot bring the catalog up to date: was it written by a newer version?")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    #[error("the catalog holds a {column} that cannot be read")]
    Damaged {
        column: &'static str,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("a {column} cannot be written as JSON")]
    Encode {
        column: &'static str,
        source: serde_json::Error,
    },
}

impl CatalogError {
    pub(crate) fn database(action: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Database { action, source }
    }

    /// Tells a slide that is not there from a failure.
    pub(crate) fn about_slide(
        action: &'static str,
        id: SlideId,
    ) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| {
            let database = source.as_database_error();
            if database.is_some_and(|error| error.is_foreign_key_violation()) {
                return Self::UnknownSlide { id };
            }
            Self::Database { action, source }
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
