use std::io;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::{Bytes, BytesMut};
use catalog::{UploadRow, UploadState};
use chrono::Utc;
use flow::{Sha256Digest, UploadId};
use futures::StreamExt;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::ResumeError;
use super::checksum::Checksum;
use super::part_writer::PartWriter;
use crate::{IngestDeps, UploadConfig};

/// A sender that says nothing for so long is gone, and what came of it is stored.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What a request says of the bytes it brings.
pub(super) struct Piece {
    pub(super) offset: u64,
    /// `None` where their end will tell how many they are.
    pub(super) n_announced: Option<u64>,
    /// With a checksum all of them count, or none.
    pub(super) checksum: Option<Checksum>,
}

/// Keeps the bytes that a request brings, in constant memory; where the upload stands then.
///
/// What came before a body was cut off is kept as well, and [`ResumeError::Cut`] says that it was.
pub(super) async fn write(
    deps: IngestDeps,
    config: UploadConfig,
    upload: UploadRow,
    piece: Piece,
    body: Body,
) -> Result<u64, ResumeError> {
    let left = upload.n_bytes - piece.offset.min(upload.n_bytes);
    if piece.n_announced.is_some_and(|announced| announced > left) {
        return Err(ResumeError::TooLong { left });
    }
    let taken = deps
        .catalog
        .take_upload(upload.id, piece.offset, Utc::now());
    let Some(number) = taken.await? else {
        return Err(moved_on(&deps, upload.id).await);
    };
    let mut writer = Writer {
        parts: PartWriter::new(deps.clone(), upload.id, number, piece.offset),
        deps,
        part_bytes: config.part_bytes.max(1),
        upload: upload.id,
        left,
        n_kept: piece.offset,
        checksum: piece.checksum,
    };
    let written = writer
        .write(body.into_data_stream(), piece.n_announced)
        .await;
    if written.is_err() {
        writer.parts.discard().await;
    }
    written
}

/// One request's way through the bytes it brings.
struct Writer {
    deps: IngestDeps,
    parts: PartWriter,
    part_bytes: usize,
    upload: UploadId,
    /// Bytes that the upload has room for, from this request's first on.
    left: u64,
    /// Up to where the file is kept.
    n_kept: u64,
    checksum: Option<Checksum>,
}

impl Writer {
    async fn write(
        &mut self,
        mut body: BodyDataStream,
        n_announced: Option<u64>,
    ) -> Result<u64, ResumeError> {
        let mut waiting = BytesMut::new();
        let mut n_came = 0;
        let ended = loop {
            let bytes = match next(&mut body).await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => break ensure_all_came(n_came, n_announced),
                Err(cut) => break Err(cut),
            };
            n_came += bytes.len() as u64;
            if n_came > self.left {
                return Err(ResumeError::TooLong { left: self.left });
            }
            waiting.extend_from_slice(&bytes);
            while waiting.len() >= self.part_bytes {
                let part = waiting.split_to(self.part_bytes).freeze();
                self.store(part).await?;
            }
        };
        if ended.is_err() {
            telemetry::resumable_request_cut();
        }
        let counts = ended.is_ok() || self.checksum.is_none();
        if counts && !waiting.is_empty() {
            self.store(waiting.freeze()).await?;
        }
        ended?;
        match self.checksum.take().map(Checksum::matches) {
            None => Ok(self.n_kept),
            Some(true) => self.keep().await,
            Some(false) => Err(ResumeError::Checksum),
        }
    }

    /// Noted, stored, and kept unless a checksum is to be waited for.
    async fn store(&mut self, bytes: Bytes) -> Result<(), ResumeError> {
        let (digest, checksum) = hashed(bytes.clone(), self.checksum.take()).await?;
        self.checksum = checksum;
        if !self.parts.store(bytes, digest).await? {
            return Err(taken(&self.deps, self.upload).await);
        }
        if self.checksum.is_none() {
            self.keep().await?;
        }
        Ok(())
    }

    async fn keep(&mut self) -> Result<u64, ResumeError> {
        let range = self.n_kept..self.parts.n_stored();
        let n_bytes = range.end - range.start;
        let catalog = &self.deps.catalog;
        let kept = catalog.keep_parts(self.upload, self.parts.number(), range, Utc::now());
        if !kept.await? {
            return Err(taken(&self.deps, self.upload).await);
        }
        telemetry::resumable_bytes_kept(n_bytes);
        self.n_kept = self.parts.n_stored();
        Ok(self.n_kept)
    }
}

async fn next(body: &mut BodyDataStream) -> Result<Option<Bytes>, ResumeError> {
    match timeout(PATIENCE, body.next()).await {
        Ok(bytes) => bytes
            .transpose()
            .map_err(|error| ResumeError::Cut(error.into())),
        Err(silence) => Err(ResumeError::Cut(silence.into())),
    }
}

/// A connection that ends in the middle of a body can look like its end.
fn ensure_all_came(n_came: u64, n_announced: Option<u64>) -> Result<(), ResumeError> {
    match n_announced {
        Some(announced) if n_came < announced => {
            let error = io::Error::from(io::ErrorKind::UnexpectedEof);
            Err(ResumeError::Cut(error.into()))
        }
        _ => Ok(()),
    }
}

/// Why a request may not begin at its offset.
async fn moved_on(deps: &IngestDeps, upload: UploadId) -> ResumeError {
    match deps.catalog.upload(upload).await {
        Ok(Some(upload)) => match upload.state {
            UploadState::Open | UploadState::Done(_) => ResumeError::Offset {
                n_kept: upload.n_kept,
            },
            _ => OVER,
        },
        Ok(None) => OVER,
        Err(error) => error.into(),
    }
}

/// Why a request may write no more.
async fn taken(deps: &IngestDeps, upload: UploadId) -> ResumeError {
    match moved_on(deps, upload).await {
        ResumeError::Offset { .. } => ResumeError::Taken,
        other => other,
    }
}

const OVER: ResumeError = ResumeError::Over { how: "is over" };

/// Away from the async threads.
async fn hashed(
    bytes: Bytes,
    checksum: Option<Checksum>,
) -> Result<(Sha256Digest, Option<Checksum>), ResumeError> {
    let hash = move || {
        let mut checksum = checksum;
        if let Some(checksum) = &mut checksum {
            checksum.update(&bytes);
        }
        (Sha256Digest::of(&bytes), checksum)
    };
    spawn_blocking(hash).await.map_err(ResumeError::Stopped)
}
