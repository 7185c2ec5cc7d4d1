use chrono::{DateTime, Utc};
use flow::{UploadId, UploadPart};

use super::parts::read_name;
use crate::columns::parse;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// How uploads end without a slide, and what is left of those that ended.
impl Catalog {
    /// Ends an upload whose sender wants it no more; `false` where it is whole or over.
    pub async fn remove_upload(
        &self,
        upload: UploadId,
        now: DateTime<Utc>,
    ) -> Result<bool, CatalogError> {
        let statement = Statement::to(
            "remove an upload",
            "UPDATE uploads SET state = 'removed', touched_at_ms = $2, idempotency_key = NULL,
                 metadata = NULL
             WHERE id = $1 AND (state = 'open' AND n_kept < n_bytes OR state = 'numbered')",
        )
        .bind(upload.to_string())
        .bind(now.timestamp_millis());
        Ok(self.records.execute(statement).await? == 1)
    }

    /// Ends the uploads of which nobody has kept anything since then and that nobody puts together
    /// now. How many these were.
    pub async fn expire_uploads(
        &self,
        idle_since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, CatalogError> {
        let statement = Statement::to(
            "let uploads expire",
            "UPDATE uploads SET state = 'expired', touched_at_ms = $2, idempotency_key = NULL,
                 metadata = NULL
             WHERE state IN ('open', 'numbered') AND touched_at_ms <= $1
                 AND coalesce(joining_until_ms, 0) <= $2",
        )
        .bind(idle_since.timestamp_millis())
        .bind(now.timestamp_millis());
        self.records.execute(statement).await
    }

    /// Uploads that are over and have parts in storage still.
    pub async fn uploads_to_clear(&self) -> Result<Vec<UploadId>, CatalogError> {
        let statement = Statement::to(
            "look for parts that are needed no more",
            "SELECT id FROM uploads WHERE state NOT IN ('open', 'numbered')
                 AND EXISTS (SELECT 1 FROM upload_parts WHERE upload = uploads.id)
             ORDER BY touched_at_ms",
        );
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(|row| parse(row, "id")).collect()
    }

    /// Parts of an upload that is over: those that were kept, and those noted before that time, which
    /// nobody is storing any more.
    pub async fn parts_to_remove(
        &self,
        upload: UploadId,
        noted_before: DateTime<Utc>,
    ) -> Result<Vec<UploadPart>, CatalogError> {
        let statement = Statement::to(
            "read parts that are needed no more",
            "SELECT upload, writer, part FROM upload_parts
             WHERE upload = $1 AND (is_kept = 1 OR noted_at_ms < $2)",
        )
        .bind(upload.to_string())
        .bind(noted_before.timestamp_millis());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_name).collect()
    }

    /// They are removed from storage.
    pub async fn forget_removed_parts(
        &self,
        upload: UploadId,
        noted_before: DateTime<Utc>,
    ) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "forget parts that were removed",
            "DELETE FROM upload_parts
             WHERE upload = $1 AND (is_kept = 1 OR noted_at_ms < $2)",
        )
        .bind(upload.to_string())
        .bind(noted_before.timestamp_millis());
        self.records.execute(statement).await.map(drop)
    }

    /// Forgets the uploads that were over by then and have no parts left.
    pub async fn forget_uploads(&self, before: DateTime<Utc>) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "forget old uploads",
            "DELETE FROM uploads
             WHERE state NOT IN ('open', 'numbered') AND touched_at_ms <= $1
                 AND NOT EXISTS (SELECT 1 FROM upload_parts WHERE upload = uploads.id)",
        )
        .bind(before.timestamp_millis());
        self.records.execute(statement).await.map(drop)
    }
}
