//! The bytes of one part.

use bytes::{Bytes, BytesMut};
use catalog::{KeptNumber, NumberedPart, PartNumber, UploadRow};
use chrono::Utc;
use flow::Sha256Digest;
use futures::StreamExt;
use s3s::dto::StreamingBlob;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::sums::{Announced, Found, Sums};
use crate::resume::{PATIENCE, PartWriter, ResumeError, Uploads, discard};

/// Stores a part in constant memory, and keeps it in place of the one before under its number; its sha256.
///
/// What did not come whole, or is not what was announced, leaves nothing.
pub(super) async fn write(
    uploads: &Uploads,
    upload: &UploadRow,
    number: PartNumber,
    announced: &Announced,
    body: Option<StreamingBlob>,
) -> Result<Sha256Digest, ResumeError> {
    let room = Room::left(uploads, upload).await?;
    let taken = uploads.deps.catalog.take_numbered(upload.id, Utc::now());
    let writer = taken.await?.ok_or(OVER)?;
    let mut parts = PartWriter::new(uploads.deps.clone(), upload.id, writer, 0);
    let part_bytes = uploads.config.uploads.part_bytes.max(1);
    let written = match stored(&mut parts, part_bytes, room, announced, body).await {
        Ok(digest) => keep(uploads, upload, number, &parts, digest).await,
        Err(error) => Err(error),
    };
    if written.is_err() {
        parts.discard().await;
    }
    written
}

const OVER: ResumeError = ResumeError::Over { how: "is over" };

/// What a part may have: of those that come at the same moment none counts the others.
struct Room {
    upload_has: u64,
    most_bytes: u64,
    key_has: u64,
    most_unfinished: u64,
}

impl Room {
    async fn left(uploads: &Uploads, upload: &UploadRow) -> Result<Self, ResumeError> {
        let key_has = uploads.deps.catalog.unfinished_bytes(&upload.owner);
        Ok(Self {
            upload_has: upload.n_bytes,
            most_bytes: uploads.config.uploads.most_bytes,
            key_has: key_has.await?,
            most_unfinished: uploads
                .config
                .quota
                .most_unfinished_bytes
                .unwrap_or(u64::MAX),
        })
    }

    fn ensure(&self, n_came: u64) -> Result<(), ResumeError> {
        let (n_bytes, unfinished) = (self.upload_has + n_came, self.key_has + n_came);
        if n_bytes > self.most_bytes {
            let most = self.most_bytes;
            return Err(ResumeError::TooLarge { n_bytes, most });
        }
        if unfinished > self.most_unfinished {
            return Err(ResumeError::TooManyBytes {
                unfinished: self.key_has,
                most: self.most_unfinished,
            });
        }
        Ok(())
    }
}

async fn stored(
    parts: &mut PartWriter,
    part_bytes: usize,
    room: Room,
    announced: &Announced,
    body: Option<StreamingBlob>,
) -> Result<Sha256Digest, ResumeError> {
    let (mut sums, mut waiting, mut n_came) = (announced.sums(), BytesMut::new(), 0);
    if let Some(mut body) = body {
        while let Some(bytes) = next(&mut body).await? {
            n_came += bytes.len() as u64;
            room.ensure(n_came)?;
            waiting.extend_from_slice(&bytes);
            while waiting.len() >= part_bytes {
                let piece = waiting.split_to(part_bytes).freeze();
                sums = store(parts, piece, sums).await?;
            }
        }
    }
    if !waiting.is_empty() {
        sums = store(parts, waiting.freeze(), sums).await?;
    }
    let found: Found = sums.finish();
    match found.sha256().filter(|_| announced.are(&found)) {
        Some(digest) => Ok(digest),
        None => Err(ResumeError::Checksum),
    }
}

/// A piece of the part, summed up away from the async threads.
async fn store(parts: &mut PartWriter, piece: Bytes, sums: Sums) -> Result<Sums, ResumeError> {
    let bytes = piece.clone();
    let summed = spawn_blocking(move || {
        let mut sums = sums;
        sums.update(&bytes);
        (sums, Sha256Digest::of(&bytes))
    });
    let (sums, digest) = summed.await.map_err(ResumeError::Stopped)?;
    match parts.store(piece, digest).await? {
        true => Ok(sums),
        false => Err(OVER),
    }
}

async fn keep(
    uploads: &Uploads,
    upload: &UploadRow,
    number: PartNumber,
    parts: &PartWriter,
    digest: Sha256Digest,
) -> Result<Sha256Digest, ResumeError> {
    let part = NumberedPart {
        number,
        writer: parts.number(),
        n_bytes: parts.n_stored(),
        digest,
        stored_at: Utc::now(),
    };
    let kept = uploads.deps.catalog.keep_numbered(upload.id, &part).await?;
    let KeptNumber::Kept { replaced } = kept else {
        return Err(OVER);
    };
    telemetry::resumable_bytes_kept(part.n_bytes);
    if let Some(before) = replaced {
        discard(&uploads.deps, upload.id, before).await;
    }
    Ok(digest)
}

async fn next(body: &mut StreamingBlob) -> Result<Option<Bytes>, ResumeError> {
    match timeout(PATIENCE, body.next()).await {
        Ok(bytes) => bytes.transpose().map_err(|error| {
            telemetry::resumable_request_cut();
            ResumeError::Cut(error)
        }),
        Err(silence) => Err(ResumeError::Cut(silence.into())),
    }
}
