use chrono::{DateTime, Utc};
use flow::{Sha256Digest, SlideId, UploadId};

use crate::columns::{get, get_count, get_time, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::{Catalog, CatalogError, PrivateText};

/// What the sender says of the file, in the form in which it was sent.
pub type UploadMetadata = PrivateText<4096>;

/// What the sender calls a file whose parts have numbers: S3's object key.
pub type ObjectName = PrivateText<1024>;

/// All the catalog says of one upload but its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadRow {
    pub id: UploadId,
    /// The key that may go on with it.
    pub owner: Sha256Digest,
    /// The name on that key, for the audit trail.
    pub bearer: String,
    /// Of the whole file; of what came so far while parts come under numbers.
    pub n_bytes: u64,
    /// The bytes from the first on that outlive everything.
    pub n_kept: u64,
    /// `None` where there is none, or the upload ended without a slide.
    pub metadata: Option<UploadMetadata>,
    pub state: UploadState,
    /// Of a file whose parts have numbers.
    pub object: Option<ObjectName>,
    /// Follows from those parts, once they are the file.
    pub entity_tag: Option<String>,
    /// When anything was last kept, or it ended.
    pub touched_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// It goes on, or it is whole and waits to become a slide.
    Open,
    /// Its parts come under numbers, and its sender has not said which of them are the file.
    Numbered,
    Done(SlideId),
    /// The file was whole, and not what it should be.
    Refused,
    /// By whoever began it.
    Removed,
    Expired,
}

macro_rules! upload_columns {
    () => {
        "id, owner, bearer, n_bytes, n_kept, metadata, state, slide, object, entity_tag, touched_at_ms"
    };
}
pub(super) use upload_columns;

impl Catalog {
    pub async fn upload(&self, id: UploadId) -> Result<Option<UploadRow>, CatalogError> {
        let statement = Statement::to(
            "read an upload",
            concat!("SELECT ", upload_columns!(), " FROM uploads WHERE id = $1"),
        )
        .bind(id.to_string());
        let row = self.readers.fetch_optional(statement).await?;
        row.as_ref().map(read_upload).transpose()
    }
}

impl UploadRow {
    /// Are all bytes of the file there?
    pub fn is_whole(&self) -> bool {
        self.n_kept == self.n_bytes && self.state != UploadState::Numbered
    }
}

pub(super) fn read_upload(row: &Row) -> Result<UploadRow, CatalogError> {
    let metadata: Option<String> = get(row, "metadata")?;
    let object: Option<String> = get(row, "object")?;
    Ok(UploadRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        bearer: get(row, "bearer")?,
        n_bytes: get_count(row, "n_bytes")?,
        n_kept: get_count(row, "n_kept")?,
        metadata: metadata
            .as_deref()
            .map(UploadMetadata::new)
            .transpose()
            .map_err(CatalogError::damaged("metadata"))?,
        state: read_state(row)?,
        object: object
            .as_deref()
            .map(ObjectName::new)
            .transpose()
            .map_err(CatalogError::damaged("object"))?,
        entity_tag: get(row, "entity_tag")?,
        touched_at: get_time(row, "touched_at_ms")?,
    })
}

fn read_state(row: &Row) -> Result<UploadState, CatalogError> {
    let state: String = get(row, "state")?;
    Ok(match state.as_str() {
        "open" => UploadState::Open,
        "numbered" => UploadState::Numbered,
        "done" => UploadState::Done(parse(row, "slide")?),
        "refused" => UploadState::Refused,
        "removed" => UploadState::Removed,
        _ => UploadState::Expired,
    })
}
