use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};

#[derive(Clone, Copy)]
enum Script {
    /// SQL that both kinds of database take.
    Same(&'static str),
    /// Where they have no words in common, such as in triggers; what both take stands before that.
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

/// By version, in order; a migration that was ever released is never edited.
const MIGRATIONS: [(i64, &str, Script); 25] = [
    (
        1,
        "slides",
        Script::Same(include_str!("../migrations/0001_slides.sql")),
    ),
    (
        2,
        "predictions",
        Script::Same(include_str!("../migrations/0002_predictions.sql")),
    ),
    (
        3,
        "tokens",
        Script::Same(include_str!("../migrations/0003_tokens.sql")),
    ),
    (
        4,
        "audit",
        Script::Own {
            sqlite: include_str!("../migrations/0004_audit.sqlite.sql"),
            postgres: include_str!("../migrations/0004_audit.postgres.sql"),
        },
    ),
    (
        5,
        "revision",
        Script::Own {
            sqlite: include_str!("../migrations/0005_revision.sqlite.sql"),
            postgres: include_str!("../migrations/0005_revision.postgres.sql"),
        },
    ),
    (
        6,
        "busy_seconds",
        Script::Same(include_str!("../migrations/0006_busy_seconds.sql")),
    ),
    (
        7,
        "covariates",
        Script::Same(include_str!("../migrations/0007_covariates.sql")),
    ),
    (
        8,
        "cases",
        Script::Same(include_str!("../migrations/0008_cases.sql")),
    ),
    (
        9,
        "reviews",
        Script::Same(include_str!("../migrations/0009_reviews.sql")),
    ),
    (
        10,
        "case_changes",
        Script::Own {
            sqlite: include_str!("../migrations/0010_case_changes.sqlite.sql"),
            postgres: include_str!("../migrations/0010_case_changes.postgres.sql"),
        },
    ),
    (
        11,
        "annotations",
        Script::Same(include_str!("../migrations/0011_annotations.sql")),
    ),
    (
        12,
        "chunk_claims",
        Script::Same(include_str!("../migrations/0012_chunk_claims.sql")),
    ),
    (
        13,
        "audit_chain",
        Script::Own {
            sqlite: include_str!("../migrations/0013_audit_chain.sqlite.sql"),
            postgres: include_str!("../migrations/0013_audit_chain.postgres.sql"),
        },
    ),
    (
        14,
        "webhooks",
        Script::Own {
            sqlite: concat!(
                include_str!("../migrations/0014_webhooks.sql"),
                include_str!("../migrations/0014_webhooks.sqlite.sql"),
            ),
            postgres: concat!(
                include_str!("../migrations/0014_webhooks.sql"),
                include_str!("../migrations/0014_webhooks.postgres.sql"),
            ),
        },
    ),
    (
        15,
        "fhir_searches",
        Script::Same(include_str!("../migrations/0015_fhir_searches.sql")),
    ),
    (
        16,
        "tile_scores",
        Script::Same(include_str!("../migrations/0016_tile_scores.sql")),
    ),
    (
        17,
        "hl7",
        Script::Own {
            sqlite: concat!(
                include_str!("../migrations/0017_hl7.sql"),
                include_str!("../migrations/0017_hl7.sqlite.sql"),
            ),
            postgres: concat!(
                include_str!("../migrations/0017_hl7.sql"),
                include_str!("../migrations/0017_hl7.postgres.sql"),
            ),
        },
    ),
    (
        18,
        "dicom_instances",
        Script::Same(include_str!("../migrations/0018_dicom_instances.sql")),
    ),
    (
        19,
        "slide_identities",
        Script::Same(include_str!("../migrations/0019_slide_identities.sql")),
    ),
    (
        20,
        "uploads",
        Script::Same(include_str!("../migrations/0020_uploads.sql")),
    ),
    (
        21,
        "models",
        Script::Own {
            sqlite: concat!(
                include_str!("../migrations/0021_models.sql"),
                include_str!("../migrations/0021_models.sqlite.sql"),
            ),
            postgres: concat!(
                include_str!("../migrations/0021_models.sql"),
                include_str!("../migrations/0021_models.postgres.sql"),
            ),
        },
    ),
    (
        22,
        "patient_pictures",
        Script::Same(include_str!("../migrations/0022_patient_pictures.sql")),
    ),
    (
        23,
        "watch",
        Script::Own {
            sqlite: concat!(
                include_str!("../migrations/0023_watch.sql"),
                include_str!("../migrations/0023_watch.sqlite.sql"),
            ),
            postgres: concat!(
                include_str!("../migrations/0023_watch.sql"),
                include_str!("../migrations/0023_watch.postgres.sql"),
            ),
        },
    ),
    (
        24,
        "metering",
        Script::Same(include_str!("../migrations/0024_metering.sql")),
    ),
    (
        25,
        "numbered uploads",
        Script::Same(include_str!("../migrations/0025_numbered_uploads.sql")),
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
    let migration = |(version, name, script): (i64, &'static str, Script)| {
        Migration::new(
            version,
            Cow::Borrowed(name),
            MigrationType::Simple,
            script.sql(dialect).into_sql_str(),
            false,
        )
    };
    Migrator::with_migrations(MIGRATIONS.map(migration).to_vec())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_migration_has_a_version_of_its_own_and_comes_in_its_order() {
        let versions = MIGRATIONS.map(|(version, _, _)| version);
        assert!(
            versions.is_sorted_by(|one, next| one < next),
            "{versions:?}"
        );
    }
}
