use bytes::Bytes;
use catalog::UploadPartRow;
use chrono::Utc;
use flow::{ObjectKey, Sha256Digest, UploadId, UploadPart};
use tracing::warn;

use super::{ResumeError, clear};
use crate::IngestDeps;

/// Stores what one request brings, part by part. A part is noted before it is stored, so that whatever may
/// lie in storage is known.
pub(crate) struct PartWriter {
    deps: IngestDeps,
    upload: UploadId,
    /// Of this request among those that wrote to the upload.
    number: u32,
    n_parts: u32,
    /// Up to where the bytes are stored.
    n_stored: u64,
}

impl PartWriter {
    /// For a request that may write under `number`, from `first_byte` on.
    pub(crate) const fn new(
        deps: IngestDeps,
        upload: UploadId,
        number: u32,
        first_byte: u64,
    ) -> Self {
        Self {
            deps,
            upload,
            number,
            n_parts: 0,
            n_stored: first_byte,
        }
    }

    pub(crate) const fn number(&self) -> u32 {
        self.number
    }

    pub(crate) const fn n_stored(&self) -> u64 {
        self.n_stored
    }

    /// The next bytes, which have this digest; `false` where the request may write no more.
    pub(crate) async fn store(
        &mut self,
        bytes: Bytes,
        digest: Sha256Digest,
    ) -> Result<bool, ResumeError> {
        let row = UploadPartRow {
            part: UploadPart {
                upload: self.upload,
                writer: self.number,
                index: self.n_parts,
            },
            first_byte: self.n_stored,
            n_bytes: bytes.len() as u64,
            digest,
        };
        self.n_parts += 1;
        if !self.deps.catalog.note_part(&row, Utc::now()).await? {
            return Ok(false);
        }
        let key = ObjectKey::UploadPart(row.part);
        self.deps.store.put(&key, bytes).await?;
        self.n_stored += row.n_bytes;
        Ok(true)
    }

    /// Removes what was stored and not kept. What this leaves goes when the upload is over.
    pub(crate) async fn discard(&self) {
        if self.n_parts > 0 {
            discard(&self.deps, self.upload, self.number).await;
        }
    }
}

/// Removes what a request stored and nobody keeps.
pub(crate) async fn discard(deps: &IngestDeps, upload: UploadId, writer: u32) {
    if let Err(error) = clear::discard(deps, upload, writer).await {
        let error = &error as &dyn std::error::Error;
        warn!(error, "parts of an upload that do not count stay for now");
    }
}
