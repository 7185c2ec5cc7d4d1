use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};

#[derive(Clone, Copy)]
enum Script {
    /// SQL that both kinds of database take.
    Same(&'static str),
    /// Where they have no words in common, such as in triggers.
    Own {
        sqlite: &'static str,
        postgres: &'static str,
    },
}

#[derive(Clone, Copy)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// In order; a migration that was ever released is never edited.
const MIGRATIONS: [(&str, Script); 19] = [
    (
        "slides",
        Script::Same(include_str!("../migrations/0001_slides.sql")),
    ),
    (
        "predictions",
        Script::Same(include_str!("../migrations/0002_predictions.sql")),
    ),
    (
        "tokens",
        Script::Same(include_str!("../migrations/0003_tokens.sql")),
    ),
    (
        "audit",
        Script::Own {
            sqlite: include_str!("../migrations/0004_audit.sqlite.sql"),
            postgres: include_str!("../migrations/0004_audit.postgres.sql"),
        },
    ),
    (
        "revision",
        Script::Own {
            sqlite: include_str!("../migrations/0005_revision.sqlite.sql"),
            postgres: include_str!("../migrations/0005_revision.postgres.sql"),
        },
    ),
    (
        "busy_seconds",
        Script::Same(include_str!("../migrations/0006_busy_seconds.sql")),
    ),
    (
        "covariates",
        Script::Same(include_str!("../migrations/0007_covariates.sql")),
    ),
    (
        "cases",
        Script::Same(include_str!("../migrations/0008_cases.sql")),
    ),
    (
        "reviews",
        Script::Same(include_str!("../migrations/0009_reviews.sql")),
    ),
    (
        "case_changes",
        Script::Own {
            sqlite: include_str!("../migrations/0010_case_changes.sqlite.sql"),
            postgres: include_str!("../migrations/0010_case_changes.postgres.sql"),
        },
    ),
    (
        "annotations",
        Script::Same(include_str!("../migrations/0011_annotations.sql")),
    ),
    (
        "chunk_claims",
        Script::Same(include_str!("../migrations/0012_chunk_claims.sql")),
    ),
    (
        "audit_chain",
        Script::Own {
            sqlite: include_str!("../migrations/0013_audit_chain.sqlite.sql"),
            postgres: include_str!("../migrations/0013_audit_chain.postgres.sql"),
        },
    ),
    (
        "webhooks",
        Script::Own {
            sqlite: include_str!("../migrations/0014_webhooks.sqlite.sql"),
            postgres: include_str!("../migrations/0014_webhooks.postgres.sql"),
        },
    ),
    (
        "fhir_searches",
        Script::Same(include_str!("../migrations/0015_fhir_searches.sql")),
    ),
    (
        "tile_scores",
        Script::Same(include_str!("../migrations/0016_tile_scores.sql")),
    ),
    (
        "hl7",
        Script::Own {
            sqlite: include_str!("../migrations/0017_hl7.sqlite.sql"),
            postgres: include_str!("../migrations/0017_hl7.postgres.sql"),
        },
    ),
    (
        "dicom_instances",
        Script::Same(include_str!("../migrations/0018_dicom_instances.sql")),
    ),
    (
        "models",
        Script::Own {
            sqlite: include_str!("../migrations/0021_models.sqlite.sql"),
            postgres: include_str!("../migrations/0021_models.postgres.sql"),
        },
    ),
];

/// Brings the schema up to date. On PostgreSQL one process at a time gets past the lock that this
/// takes; SQLite has none.
pub(crate) async fn migrate(
    connection: &mut impl Migrate,
    dialect: Dialect,
) -> Result<(), MigrateError> {
    // `run` asks for more than a connection that can migrate.
    migrator(dialect).run_direct(None, connection, false).await
}

/// The schema. (The macro that reads the folder would build SQLite a second time, for the macro.)
fn migrator(dialect: Dialect) -> Migrator {
    let migration = |(version, (name, script)): (i64, (&'static str, Script))| {
        Migration::new(
            version,
            Cow::Borrowed(name),
            MigrationType::Simple,
            script.sql(dialect).into_sql_str(),
            false,
        )
    };
    Migrator::with_migrations((1..).zip(MIGRATIONS).map(migration).collect())
}

impl Script {
    fn sql(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Same(sql), _) => sql,
            (Self::Own { sqlite, .. }, Dialect::Sqlite) => sqlite,
            (Self::Own { postgres, .. }, Dialect::Postgres) => postgres,
        }
    }
}
