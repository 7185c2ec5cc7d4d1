use chrono::{DateTime, Utc};
use flow::{SlideId, UploadId};

use crate::columns::parse;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// What became of a whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinedAs {
    Slide(SlideId),
    Refused,
}

impl Catalog {
    /// Takes it upon this process to put a whole file together, until then; `false` where another is
    /// at it, or it is not whole, or over.
    pub async fn claim_join(
        &self,
        upload: UploadId,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, CatalogError> {
        let statement = Statement::to(
            "claim an upload that is whole",
            "UPDATE uploads SET joining_until_ms = $3
             WHERE id = $1 AND state = 'open' AND n_kept = n_bytes
                 AND coalesce(joining_until_ms, 0) <= $2",
        )
        .bind(upload.to_string())
        .bind(now.timestamp_millis())
        .bind(until.timestamp_millis());
        Ok(self.records.execute(statement).await? == 1)
    }

    /// This process is at it until then.
    pub async fn renew_join(
        &self,
        upload: UploadId,
        until: DateTime<Utc>,
    ) -> Result<(), CatalogError> {
        self.joining_until(upload, Some(until.timestamp_millis()))
            .await
    }

    /// Leaves it to others, at once.
    pub async fn release_join(&self, upload: UploadId) -> Result<(), CatalogError> {
        self.joining_until(upload, None).await
    }

    /// The upload is over, and its parts are needed no more; `false` where it was over before.
    pub async fn end_join(
        &self,
        upload: UploadId,
        joined: JoinedAs,
        now: DateTime<Utc>,
    ) -> Result<bool, CatalogError> {
        let statement = match joined {
            JoinedAs::Slide(slide) => Statement::to(
                "finish an upload",
                "UPDATE uploads SET state = 'done', joining_until_ms = NULL, touched_at_ms = $2,
                     slide = $3
                 WHERE id = $1 AND state = 'open'",
            )
            .bind(upload.to_string())
            .bind(now.timestamp_millis())
            .bind(slide.to_string()),
            JoinedAs::Refused => Statement::to(
                "refuse an upload",
                "UPDATE uploads SET state = 'refused', joining_until_ms = NULL, touched_at_ms = $2,
                     idempotency_key = NULL, metadata = NULL
                 WHERE id = $1 AND state = 'open'",
            )
            .bind(upload.to_string())
            .bind(now.timestamp_millis()),
        };
        Ok(self.records.execute(statement).await? == 1)
    }

    /// What is whole and nobody puts together, the oldest first.
    pub async fn uploads_to_join(&self, now: DateTime<Utc>) -> Result<Vec<UploadId>, CatalogError> {
        let statement = Statement::to(
            "look for uploads that are whole",
            "SELECT id FROM uploads WHERE state = 'open' AND n_kept = n_bytes
                 AND coalesce(joining_until_ms, 0) <= $1
             ORDER BY touched_at_ms",
        )
        .bind(now.timestamp_millis());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(|row| parse(row, "id")).collect()
    }

    async fn joining_until(
        &self,
        upload: UploadId,
        until_ms: Option<i64>,
    ) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "say who puts an upload together",
            "UPDATE uploads SET joining_until_ms = $2 WHERE id = $1 AND state = 'open'",
        )
        .bind(upload.to_string())
        .bind(until_ms);
        self.records.execute(statement).await.map(drop)
    }
}
