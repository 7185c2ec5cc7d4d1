//! Parts under numbers, in any order, many at once; the last under a number is the one that counts.

use chrono::{DateTime, Utc};
use flow::{Sha256Digest, UploadId};

use super::parts::number;
use crate::columns::{get_count, get_time, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{Catalog, CatalogError};

/// From 1 to 10,000, as S3 has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartNumber(u16);

/// A part that came whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedPart {
    pub number: PartNumber,
    /// The request that brought it.
    pub writer: u32,
    pub n_bytes: u64,
    pub digest: Sha256Digest,
    pub stored_at: DateTime<Utc>,
}

/// What became of a part that came whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptNumber {
    /// In place of what another request brought, if one did.
    Kept { replaced: Option<u32> },
    /// The upload takes no parts any more.
    Over,
}

/// What became of the wish that some parts be the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishedNumbers {
    /// They are: the upload is whole.
    Whole { n_bytes: u64 },
    /// There is none of this number, or another than the one meant.
    Missing(PartNumber),
    /// Its parts were settled before, or it is over.
    Over,
}

impl PartNumber {
    pub fn new(number: i64) -> Option<Self> {
        let number = u16::try_from(number).ok()?;
        (1..=10_000).contains(&number).then_some(Self(number))
    }

    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Catalog {
    /// The number under which a request may write a part; `None` where the upload takes none any more.
    pub async fn take_numbered(
        &self,
        upload: UploadId,
        now: DateTime<Utc>,
    ) -> Result<Option<u32>, CatalogError> {
        let statement = Statement::to(
            "take an upload",
            "UPDATE uploads SET writer = writer + 1, touched_at_ms = $2
             WHERE id = $1 AND state = 'numbered' RETURNING writer",
        )
        .bind(upload.to_string())
        .bind(now.timestamp_millis());
        let row = self.records.fetch_optional(statement).await?;
        row.as_ref().map(|row| number(row, "writer")).transpose()
    }

    /// Keeps a part that is stored whole, in place of the one before under its number.
    pub async fn keep_numbered(
        &self,
        upload: UploadId,
        part: &NumberedPart,
    ) -> Result<KeptNumber, CatalogError> {
        let mut transaction = self.records.begin(KEEP).await?;
        if !hold(&mut transaction, KEEP, upload, part.stored_at).await? {
            return Ok(KeptNumber::Over);
        }
        let before = Statement::to(
            KEEP,
            "SELECT writer FROM upload_numbers WHERE upload = $1 AND number = $2",
        )
        .bind(upload.to_string())
        .bind(u32::from(part.number.get()));
        let before = transaction.fetch_optional(before).await?;
        let replaced = before
            .as_ref()
            .map(|row| number(row, "writer"))
            .transpose()?;
        transaction.execute(put(upload, part)).await?;
        let count = Statement::to(
            KEEP,
            "UPDATE uploads SET n_bytes =
                 (SELECT CAST(sum(n_bytes) AS BIGINT) FROM upload_numbers WHERE upload = $1)
             WHERE id = $1",
        );
        transaction.execute(count.bind(upload.to_string())).await?;
        transaction.commit().await?;
        Ok(KeptNumber::Kept { replaced })
    }

    /// The parts that came whole, by their numbers.
    pub async fn numbered_parts(
        &self,
        upload: UploadId,
    ) -> Result<Vec<NumberedPart>, CatalogError> {
        let rows = self.readers.fetch_all(parts_of(upload)).await?;
        rows.iter().map(read_part).collect()
    }

    /// Makes the parts that are meant the file, in this order: the upload is whole then, and the others
    /// are needed no more.
    pub async fn finish_numbered(
        &self,
        upload: UploadId,
        meant: &[(PartNumber, Sha256Digest)],
        entity_tag: &str,
        now: DateTime<Utc>,
    ) -> Result<FinishedNumbers, CatalogError> {
        let mut transaction = self.records.begin(FINISH).await?;
        if !hold(&mut transaction, FINISH, upload, now).await? {
            return Ok(FinishedNumbers::Over);
        }
        let rows = transaction.fetch_all(parts_of(upload)).await?;
        let came: Vec<NumberedPart> = rows.iter().map(read_part).collect::<Result<_, _>>()?;
        let mut n_bytes = 0;
        for (number, digest) in meant {
            let is_meant = |part: &&NumberedPart| part.number == *number && part.digest == *digest;
            let Some(part) = came.iter().find(is_meant) else {
                return Ok(FinishedNumbers::Missing(*number));
            };
            transaction.execute(place(upload, part, n_bytes)).await?;
            n_bytes += part.n_bytes;
        }
        let whole = Statement::to(
            FINISH,
            "UPDATE uploads SET state = 'open', n_bytes = $2, n_kept = $2, entity_tag = $3
             WHERE id = $1",
        )
        .bind(upload.to_string())
        .bind(n_bytes.cast_signed())
        .bind(entity_tag);
        transaction.execute(whole).await?;
        transaction.commit().await?;
        Ok(FinishedNumbers::Whole { n_bytes })
    }
}

const KEEP: &str = "keep a part of an upload";
const FINISH: &str = "settle the parts of an upload";

/// Nobody else changes the upload's parts until the transaction is over; `false` where it takes none.
async fn hold(
    transaction: &mut Transaction,
    action: &'static str,
    upload: UploadId,
    now: DateTime<Utc>,
) -> Result<bool, CatalogError> {
    let statement = Statement::to(
        action,
        "UPDATE uploads SET touched_at_ms = $2 WHERE id = $1 AND state = 'numbered'",
    )
    .bind(upload.to_string())
    .bind(now.timestamp_millis());
    Ok(transaction.execute(statement).await? == 1)
}

fn put(upload: UploadId, part: &NumberedPart) -> Statement {
    Statement::to(
        KEEP,
        "INSERT INTO upload_numbers (upload, number, writer, n_bytes, digest, stored_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (upload, number) DO UPDATE SET writer = excluded.writer,
             n_bytes = excluded.n_bytes, digest = excluded.digest,
             stored_at_ms = excluded.stored_at_ms",
    )
    .bind(upload.to_string())
    .bind(u32::from(part.number.get()))
    .bind(part.writer)
    .bind(part.n_bytes.cast_signed())
    .bind(part.digest.to_string())
    .bind(part.stored_at.timestamp_millis())
}

/// What a part is stored as lies in the file from `first_byte` on.
fn place(upload: UploadId, part: &NumberedPart, first_byte: u64) -> Statement {
    Statement::to(
        FINISH,
        "UPDATE upload_parts SET first_byte = first_byte + $3, is_kept = 1
         WHERE upload = $1 AND writer = $2",
    )
    .bind(upload.to_string())
    .bind(part.writer)
    .bind(first_byte.cast_signed())
}

fn parts_of(upload: UploadId) -> Statement {
    Statement::to(
        "read the numbered parts of an upload",
        "SELECT number, writer, n_bytes, digest, stored_at_ms FROM upload_numbers
         WHERE upload = $1 ORDER BY number",
    )
    .bind(upload.to_string())
}

fn read_part(row: &Row) -> Result<NumberedPart, CatalogError> {
    let number_of_part = PartNumber::new(get_count(row, "number")?.cast_signed());
    Ok(NumberedPart {
        number: number_of_part
            .ok_or("it is not from 1 to 10000")
            .map_err(CatalogError::damaged("number"))?,
        writer: number(row, "writer")?,
        n_bytes: get_count(row, "n_bytes")?,
        digest: parse(row, "digest")?,
        stored_at: get_time(row, "stored_at_ms")?,
    })
}
