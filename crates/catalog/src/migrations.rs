use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// In order; a migration that was ever released is never edited.
const MIGRATIONS: [(&str, &str); 7] = [
    ("slides", include_str!("../migrations/0001_slides.sql")),
    (
        "predictions",
        include_str!("../migrations/0002_predictions.sql"),
    ),
    ("tokens", include_str!("../migrations/0003_tokens.sql")),
    ("audit", include_str!("../migrations/0004_audit.sql")),
    ("revision", include_str!("../migrations/0005_revision.sql")),
    (
        "busy_seconds",
        include_str!("../migrations/0006_busy_seconds.sql"),
    ),
    (
        "covariates",
        include_str!("../migrations/0007_covariates.sql"),
    ),
];

/// The schema. (The macro that reads the folder would build SQLite a second time, for the macro.)
pub(crate) fn migrator() -> Migrator {
    let migration = |(version, (name, sql)): (i64, (&'static str, &'static str))| {
        let name = Cow::Borrowed(name);
        Migration::new(
            version,
            name,
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    };
    Migrator::with_migrations((1..).zip(MIGRATIONS).map(migration).collect())
}
