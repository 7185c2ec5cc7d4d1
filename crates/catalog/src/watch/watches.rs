use chrono::{DateTime, Utc};
use flow::Sha256Digest;
use serde_json::Value;

use crate::columns::{from_json, get_time, to_json};
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchKind {
    Drift,
    Subgroups,
}

/// What the last look found.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelWatch {
    pub body: Value,
    pub looked_at: DateTime<Utc>,
}

impl WatchKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::Subgroups => "subgroups",
        }
    }
}

impl Catalog {
    /// Puts what was found in the place of what was found before; of two who looked at once, the one who
    /// did later.
    pub async fn put_model_watch(
        &self,
        model: Sha256Digest,
        kind: WatchKind,
        watch: &ModelWatch,
    ) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "note what was found of a model",
            "INSERT INTO model_watches (model, kind, body, looked_at_ms) VALUES ($1, $2, $3, $4)
             ON CONFLICT (model, kind) DO UPDATE
             SET body = excluded.body, looked_at_ms = excluded.looked_at_ms
             WHERE model_watches.looked_at_ms <= excluded.looked_at_ms",
        )
        .bind(model.to_string())
        .bind(kind.name())
        .bind(to_json("watch", &watch.body)?)
        .bind(watch.looked_at.timestamp_millis());
        self.records.execute(statement).await.map(drop)
    }

    /// `None` before the first look.
    pub async fn model_watch(
        &self,
        model: Sha256Digest,
        kind: WatchKind,
    ) -> Result<Option<ModelWatch>, CatalogError> {
        let statement = Statement::to(
            "read what was found of a model",
            "SELECT body, looked_at_ms FROM model_watches WHERE model = $1 AND kind = $2",
        )
        .bind(model.to_string())
        .bind(kind.name());
        let row = self.readers.fetch_optional(statement).await?;
        row.map(|row| {
            Ok(ModelWatch {
                body: from_json(&row, "body")?,
                looked_at: get_time(&row, "looked_at_ms")?,
            })
        })
        .transpose()
    }
}
