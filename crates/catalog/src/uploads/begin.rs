use chrono::{DateTime, Utc};
use flow::{Sha256Digest, UploadId};

use super::quota::slides_today;
use super::row::{read_upload, upload_columns};
use super::{ObjectName, UploadMetadata, UploadQuota, UploadRow, UploadState};
use crate::columns::get_count;
use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{Catalog, CatalogError};

const ACTION: &str = "begin an upload";

/// A file that will come in piece by piece.
#[derive(Clone, Debug)]
pub struct NewUpload {
    pub owner: Sha256Digest,
    pub bearer: String,
    /// Of what the sender knows the upload by, in case the answer is lost.
    pub idempotency_key: Option<Sha256Digest>,
    pub file: NewFile,
    pub metadata: Option<UploadMetadata>,
}

/// How it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewFile {
    /// From its first byte on.
    InOrder { n_bytes: u64 },
    /// In parts that have numbers, under a name that its sender gave it.
    Numbered { object: ObjectName },
}

/// What became of the wish to begin an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BegunUpload {
    New(UploadRow),
    /// This key began the same upload before.
    Known(UploadRow),
    /// This key began another upload under the same idempotency key.
    OtherUnderKey,
    TooManyBytes {
        unfinished: u64,
        most: u64,
    },
    TooManySlides {
        n_slides: u64,
        most: u64,
    },
}

impl Catalog {
    /// Begins an upload, unless its key has begun it before or may begin none. Of those that one key
    /// begins at the same moment each counts the others.
    pub async fn begin_upload(
        &self,
        new: &NewUpload,
        quota: UploadQuota,
        now: DateTime<Utc>,
    ) -> Result<BegunUpload, CatalogError> {
        let mut transaction = self.records.begin(ACTION).await?;
        let begun = begin(&mut transaction, new, quota, now).await?;
        transaction.commit().await?;
        Ok(begun)
    }

    /// Bytes of a key's unfinished uploads: as long as their files will be, or as what came of them under
    /// numbers.
    pub async fn unfinished_bytes(&self, owner: &Sha256Digest) -> Result<u64, CatalogError> {
        let row = self.readers.fetch_one(unfinished(owner)).await?;
        Ok(read_unfinished(&row)?.n_bytes)
    }
}

async fn begin(
    transaction: &mut Transaction,
    new: &NewUpload,
    quota: UploadQuota,
    now: DateTime<Utc>,
) -> Result<BegunUpload, CatalogError> {
    let hold = Statement::to(
        ACTION,
        "INSERT INTO upload_owners (owner, n_begun) VALUES ($1, 1)
         ON CONFLICT (owner) DO UPDATE SET n_begun = upload_owners.n_begun + 1",
    );
    transaction
        .execute(hold.bind(new.owner.to_string()))
        .await?;
    if let Some(known) = under_same_key(transaction, new).await? {
        let is_same = known.n_bytes == new.file.n_bytes() && known.metadata == new.metadata;
        return Ok(match is_same {
            true => BegunUpload::Known(known),
            false => BegunUpload::OtherUnderKey,
        });
    }
    let open = transaction.fetch_one(unfinished(&new.owner)).await?;
    let open = read_unfinished(&open)?;
    if let Some(most) = quota.most_unfinished_bytes
        && open.n_bytes.saturating_add(new.file.n_bytes()) > most
    {
        let unfinished = open.n_bytes;
        return Ok(BegunUpload::TooManyBytes { unfinished, most });
    }
    if let Some(most) = quota.most_slides_a_day {
        let row = transaction.fetch_one(slides_today(&new.owner, now)).await?;
        let n_slides = get_count(&row, "n")? + open.n_uploads;
        if n_slides >= most {
            return Ok(BegunUpload::TooManySlides { n_slides, most });
        }
    }
    insert(transaction, new, now).await.map(BegunUpload::New)
}

async fn under_same_key(
    transaction: &mut Transaction,
    new: &NewUpload,
) -> Result<Option<UploadRow>, CatalogError> {
    let Some(key) = new.idempotency_key else {
        return Ok(None);
    };
    let statement = Statement::to(
        ACTION,
        concat!(
            "SELECT ",
            upload_columns!(),
            " FROM uploads WHERE owner = $1 AND idempotency_key = $2"
        ),
    )
    .bind(new.owner.to_string())
    .bind(key.to_string());
    let row = transaction.fetch_optional(statement).await?;
    row.as_ref().map(read_upload).transpose()
}

struct Unfinished {
    n_uploads: u64,
    n_bytes: u64,
}

fn unfinished(owner: &Sha256Digest) -> Statement {
    Statement::to(
        "count the unfinished uploads of a key",
        "SELECT count(*) AS n_uploads, CAST(coalesce(sum(n_bytes), 0) AS BIGINT) AS n_bytes
         FROM uploads WHERE owner = $1 AND state IN ('open', 'numbered')",
    )
    .bind(owner.to_string())
}

fn read_unfinished(row: &Row) -> Result<Unfinished, CatalogError> {
    Ok(Unfinished {
        n_uploads: get_count(row, "n_uploads")?,
        n_bytes: get_count(row, "n_bytes")?,
    })
}

async fn insert(
    transaction: &mut Transaction,
    new: &NewUpload,
    now: DateTime<Utc>,
) -> Result<UploadRow, CatalogError> {
    let id = UploadId::from_bytes(rand::random());
    let statement = Statement::to(
        ACTION,
        "INSERT INTO uploads
         (id, owner, bearer, idempotency_key, n_bytes, metadata, state, n_kept, writer, touched_at_ms,
             object)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, $9)",
    )
    .bind(id.to_string())
    .bind(new.owner.to_string())
    .bind(new.bearer.as_str())
    .bind(new.idempotency_key.map(|key| key.to_string()))
    .bind(new.file.n_bytes().cast_signed())
    .bind(new.metadata.as_ref().map(UploadMetadata::reveal))
    .bind(match new.file {
        NewFile::InOrder { .. } => "open",
        NewFile::Numbered { .. } => "numbered",
    })
    .bind(now.timestamp_millis())
    .bind(new.file.object().map(ObjectName::reveal));
    transaction.execute(statement).await?;
    Ok(UploadRow {
        id,
        owner: new.owner,
        bearer: new.bearer.clone(),
        n_bytes: new.file.n_bytes(),
        n_kept: 0,
        metadata: new.metadata.clone(),
        state: match new.file {
            NewFile::InOrder { .. } => UploadState::Open,
            NewFile::Numbered { .. } => UploadState::Numbered,
        },
        object: new.file.object().cloned(),
        entity_tag: None,
        touched_at: now,
    })
}

impl NewFile {
    /// As far as is known: of parts none has come yet.
    const fn n_bytes(&self) -> u64 {
        match self {
            Self::InOrder { n_bytes } => *n_bytes,
            Self::Numbered { .. } => 0,
        }
    }

    const fn object(&self) -> Option<&ObjectName> {
        match self {
            Self::InOrder { .. } => None,
            Self::Numbered { object } => Some(object),
        }
    }
}
