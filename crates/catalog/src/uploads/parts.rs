use std::ops::Range;

use chrono::{DateTime, Utc};
use flow::{Sha256Digest, UploadId, UploadPart};

use crate::columns::{get, get_count, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// Some bytes of a file that comes in piece by piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadPartRow {
    pub part: UploadPart,
    /// Where in the file it begins.
    pub first_byte: u64,
    pub n_bytes: u64,
    pub digest: Sha256Digest,
}

impl Catalog {
    /// The number under which a request may write from `offset` on; all that wrote before it may no
    /// more. `None` where the upload is over or stands elsewhere.
    pub async fn take_upload(
        &self,
        upload: UploadId,
        offset: u64,
        now: DateTime<Utc>,
    ) -> Result<Option<u32>, CatalogError> {
        let statement = Statement::to(
            "take an upload",
            "UPDATE uploads SET writer = writer + 1, touched_at_ms = $3
             WHERE id = $1 AND n_kept = $2 AND state = 'open' RETURNING writer",
        )
        .bind(upload.to_string())
        .bind(offset.cast_signed())
        .bind(now.timestamp_millis());
        let row = self.records.fetch_optional(statement).await?;
        row.as_ref().map(|row| number(row, "writer")).transpose()
    }

    /// Notes a part that is about to be stored, so that it is known whatever happens; `false` where
    /// its request may write no more. Of parts under numbers many may be written at once.
    pub async fn note_part(
        &self,
        row: &UploadPartRow,
        now: DateTime<Utc>,
    ) -> Result<bool, CatalogError> {
        let statement = Statement::to(
            "note a part of an upload",
            "INSERT INTO upload_parts
             (upload, writer, part, first_byte, n_bytes, digest, is_kept, noted_at_ms)
             SELECT id, $2, $3, $4, $5, $6, 0, $7 FROM uploads
             WHERE id = $1 AND (writer = $2 AND state = 'open' OR writer >= $2 AND state = 'numbered')",
        )
        .bind(row.part.upload.to_string())
        .bind(row.part.writer)
        .bind(row.part.index)
        .bind(row.first_byte.cast_signed())
        .bind(row.n_bytes.cast_signed())
        .bind(row.digest.to_string())
        .bind(now.timestamp_millis());
        Ok(self.records.execute(statement).await? == 1)
    }

    /// Keeps all parts that a request has stored: they have the bytes `range` of the file, and the
    /// upload goes on behind them. `false` where it may write no more; then none is kept.
    pub async fn keep_parts(
        &self,
        upload: UploadId,
        writer: u32,
        range: Range<u64>,
        now: DateTime<Utc>,
    ) -> Result<bool, CatalogError> {
        let go_on = Statement::to(
            "keep parts of an upload",
            "UPDATE uploads SET n_kept = $4, touched_at_ms = $5
             WHERE id = $1 AND writer = $2 AND n_kept = $3 AND state = 'open'",
        )
        .bind(upload.to_string())
        .bind(writer)
        .bind(range.start.cast_signed())
        .bind(range.end.cast_signed())
        .bind(now.timestamp_millis());
        let keep = Statement::to(
            "keep parts of an upload",
            "UPDATE upload_parts SET is_kept = 1 WHERE upload = $1 AND writer = $2",
        )
        .bind(upload.to_string())
        .bind(writer);
        Ok(self.records.execute_both(go_on, keep).await? == 1)
    }

    /// The file, in order, as far as it is there.
    pub async fn kept_parts(&self, upload: UploadId) -> Result<Vec<UploadPartRow>, CatalogError> {
        let statement = Statement::to(
            "read the parts of an upload",
            "SELECT upload, writer, part, first_byte, n_bytes, digest FROM upload_parts
             WHERE upload = $1 AND is_kept = 1 ORDER BY first_byte",
        )
        .bind(upload.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_part).collect()
    }

    /// What a request stored and did not keep.
    pub async fn unkept_parts(
        &self,
        upload: UploadId,
        writer: u32,
    ) -> Result<Vec<UploadPart>, CatalogError> {
        let statement = Statement::to(
            "read the parts of a request",
            "SELECT upload, writer, part FROM upload_parts
             WHERE upload = $1 AND writer = $2 AND is_kept = 0 ORDER BY part",
        )
        .bind(upload.to_string())
        .bind(writer);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_name).collect()
    }

    /// They are removed from storage.
    pub async fn forget_unkept_parts(
        &self,
        upload: UploadId,
        writer: u32,
    ) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "forget the parts of a request",
            "DELETE FROM upload_parts WHERE upload = $1 AND writer = $2 AND is_kept = 0",
        )
        .bind(upload.to_string())
        .bind(writer);
        self.records.execute(statement).await.map(drop)
    }
}

pub(super) fn read_name(row: &Row) -> Result<UploadPart, CatalogError> {
    Ok(UploadPart {
        upload: parse(row, "upload")?,
        writer: number(row, "writer")?,
        index: number(row, "part")?,
    })
}

fn read_part(row: &Row) -> Result<UploadPartRow, CatalogError> {
    Ok(UploadPartRow {
        part: read_name(row)?,
        first_byte: get_count(row, "first_byte")?,
        n_bytes: get_count(row, "n_bytes")?,
        digest: parse(row, "digest")?,
    })
}

pub(super) fn number(row: &Row, column: &'static str) -> Result<u32, CatalogError> {
    let number: i64 = get(row, column)?;
    u32::try_from(number).map_err(CatalogError::damaged(column))
}
