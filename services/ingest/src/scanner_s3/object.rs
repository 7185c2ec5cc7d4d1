//! A file, from its beginning to the slide it becomes.

use axum::http::Extensions;
use catalog::{FinishedNumbers, NewFile, NewUpload, PartNumber, UploadRow, UploadState};
use chrono::Utc;
use flow::{Sha256Digest, SlideId, UploadId};
use http::Access;
use s3s::dto::{CompletedMultipartUpload, Metadata};
use s3s::{S3Error, S3Result, s3_error};

use super::access::signer;
use super::error::told;
use super::names::{metadata, object_name};
use crate::receive::ensure_room;
use crate::resume::{Begun, ResumeError, Uploads};

/// Begins a file of this name, as far as whoever signed may.
pub(super) async fn begin(
    uploads: &Uploads,
    extensions: &Extensions,
    object: &str,
    given: Option<Metadata>,
) -> S3Result<UploadRow> {
    let access = signer(extensions)?;
    let new = NewUpload {
        owner: access.key(),
        bearer: access.name().to_owned(),
        idempotency_key: None,
        metadata: Some(metadata(object, given)?),
        file: NewFile::Numbered {
            object: object_name(object)?,
        },
    };
    let room = ensure_room(&uploads.deps, uploads.config).await;
    room.map_err(|full| told(full.into()))?;
    match uploads.begin(&new).await.map_err(told)? {
        Begun::New(upload) | Begun::Known(upload) => Ok(upload),
    }
}

/// An upload that whoever signed began under this name.
pub(super) async fn begun(
    uploads: &Uploads,
    access: &Access,
    id: &str,
    object: &str,
) -> S3Result<UploadRow> {
    let no_such = || {
        s3_error!(
            NoSuchUpload,
            "there is no such upload of this access key: begin a new one"
        )
    };
    let id: UploadId = id.parse().map_err(|_not_an_id| no_such())?;
    let upload = uploads.deps.catalog.upload(id).await;
    let upload = upload.map_err(|error| told(error.into()))?;
    let is_own = |upload: &UploadRow| {
        let name = upload.object.as_ref().map(|name| name.reveal());
        upload.owner == access.key() && name == Some(object)
    };
    let is_there = |upload: &UploadRow| {
        matches!(
            upload.state,
            UploadState::Numbered | UploadState::Open | UploadState::Done(_)
        )
    };
    let upload = upload.filter(is_own).filter(is_there);
    upload.ok_or_else(no_such)
}

pub(super) fn part_number(number: i32) -> S3Result<PartNumber> {
    let number = PartNumber::new(number.into());
    number.ok_or_else(|| s3_error!(InvalidArgument, "part numbers are from 1 to 10000"))
}

/// What the sender says is the file: numbers that rise, each with the tag its part was answered with.
pub(super) fn meant(
    given: Option<CompletedMultipartUpload>,
) -> S3Result<Vec<(PartNumber, Sha256Digest)>> {
    let parts = given.and_then(|given| given.parts).unwrap_or_default();
    if parts.is_empty() {
        return Err(s3_error!(MalformedXML, "name the parts that are the file"));
    }
    let mut meant = Vec::with_capacity(parts.len());
    for part in parts {
        let number = part_number(part.part_number.unwrap_or_default())?;
        let tag = part.e_tag.as_ref().map(s3s::dto::ETag::value);
        let digest = tag.and_then(|tag| tag.parse().ok());
        meant.push((number, digest.ok_or_else(|| no_such_part(number))?));
    }
    match meant.is_sorted_by(|(one, _), (next, _)| one < next) {
        true => Ok(meant),
        false => Err(s3_error!(
            InvalidPartOrder,
            "part numbers rise from part to part"
        )),
    }
}

fn no_such_part(number: PartNumber) -> S3Error {
    let number = number.get();
    s3_error!(
        InvalidPart,
        "part {number} did not come, or another was meant: send it again"
    )
}

/// Settles which parts are the file, unless that was done before.
pub(super) async fn settle(
    uploads: &Uploads,
    upload: UploadRow,
    meant: &[(PartNumber, Sha256Digest)],
) -> S3Result<UploadRow> {
    if upload.state != UploadState::Numbered {
        return Ok(upload);
    }
    let (catalog, entity_tag) = (&uploads.deps.catalog, entity_tag(meant));
    let finished = catalog.finish_numbered(upload.id, meant, &entity_tag, Utc::now());
    match finished.await.map_err(|error| told(error.into()))? {
        FinishedNumbers::Missing(number) => Err(no_such_part(number)),
        FinishedNumbers::Whole { .. } | FinishedNumbers::Over => {
            let settled = catalog.upload(upload.id).await;
            let settled = settled.map_err(|error| told(error.into()))?;
            settled.ok_or_else(|| told(ResumeError::Unknown { id: upload.id }))
        }
    }
}

/// The slide of a file whose parts are settled.
pub(super) async fn slide(uploads: &Uploads, upload: &UploadRow) -> S3Result<SlideId> {
    let standing = uploads.standing(upload, None).await.map_err(told)?;
    let slide = standing.slide();
    slide.ok_or_else(|| told(ResumeError::Over { how: "is over" }))
}

/// Of the file, from the parts it is made of: as S3's, with another hash.
fn entity_tag(parts: &[(PartNumber, Sha256Digest)]) -> String {
    let digests: String = parts.iter().map(|(_, digest)| digest.to_string()).collect();
    format!("{}-{}", Sha256Digest::of(digests.as_bytes()), parts.len())
}
