use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalog::{NewFile, NewUpload, Role, UploadMetadata, UploadRow};
use flow::Sha256Digest;
use http::{Access, ApiError};

use super::begin::Begun;
use super::checksum::Checksum;
use super::metadata::Told;
use super::write::{Piece, write};
use super::{ResumeError, UPLOADS, Uploads, clear, headers, to_its_end};
use crate::receive::{ensure_room, sender_of};

/// `POST /api/v1/uploads`: begins an upload, perhaps with its first bytes.
pub(super) async fn create(
    State(uploads): State<Uploads>,
    access: Access,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    access.require(Role::Scanner)?;
    let new = wanted(&uploads, &access, &headers)?;
    let piece = first_piece(&headers)?;
    ensure_room(&uploads.deps, uploads.config).await?;
    let (status, mut upload) = match uploads.begin(&new).await? {
        Begun::New(upload) => (StatusCode::CREATED, upload),
        Begun::Known(upload) => (StatusCode::OK, upload),
    };
    // Of an upload that was known, the answer says from where on bytes are wanted.
    if let Some(piece) = piece
        && status == StatusCode::CREATED
    {
        let written = write(
            uploads.deps.clone(),
            uploads.config.uploads,
            upload.clone(),
            piece,
            body,
        );
        upload.n_kept = match to_its_end(written).await {
            Ok(n_kept) => n_kept,
            Err(error) => return Err(taken_back(&uploads, &upload, error).await.into()),
        };
    }
    let standing = uploads.standing(&upload, sender_of(&headers)).await?;
    let mut told = standing.headers();
    told.insert(header::LOCATION, location(&upload)?);
    Ok((status, told).into_response())
}

fn wanted(
    uploads: &Uploads,
    access: &Access,
    headers: &HeaderMap,
) -> Result<NewUpload, ResumeError> {
    let (n_bytes, most) = (headers::length(headers)?, uploads.config.uploads.most_bytes);
    if n_bytes > most {
        return Err(ResumeError::TooLarge { n_bytes, most });
    }
    Ok(NewUpload {
        owner: access.key(),
        bearer: access.name().to_owned(),
        idempotency_key: headers
            .get("idempotency-key")
            .map(|key| Sha256Digest::of(key.as_bytes())),
        file: NewFile::InOrder { n_bytes },
        metadata: metadata(headers)?,
    })
}

/// Looked at now, so that nothing is sent in vain, and kept as it came.
fn metadata(headers: &HeaderMap) -> Result<Option<UploadMetadata>, ResumeError> {
    let name = "Upload-Metadata";
    let Some(text) = headers::text(headers, name)?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    Told::parse(text)?;
    let metadata = UploadMetadata::new(text).ok().ok_or(ResumeError::Header {
        name,
        problem: "it has more than 4096 characters",
    })?;
    Ok(Some(metadata))
}

/// The bytes that come with the request, if any do.
fn first_piece(headers: &HeaderMap) -> Result<Option<Piece>, ResumeError> {
    let n_announced = headers::body_length(headers);
    match (headers::has_bytes(headers), n_announced) {
        (true, _) => Ok(Some(Piece {
            offset: 0,
            n_announced,
            checksum: Checksum::read(headers)?,
        })),
        (false, None | Some(0)) => Ok(None),
        (false, Some(_)) => Err(ResumeError::ContentType),
    }
}

/// Of bytes that were not those announced nothing is left, the upload neither: its sender would not
/// know where it is.
async fn taken_back(uploads: &Uploads, upload: &UploadRow, error: ResumeError) -> ResumeError {
    if !matches!(error, ResumeError::Checksum | ResumeError::TooLong { .. }) {
        return error;
    }
    match clear::remove(&uploads.deps, upload.id).await {
        Ok(_) => error,
        Err(worse) => worse,
    }
}

/// A path: whoever sends knows under which name it reaches this server.
fn location(upload: &UploadRow) -> Result<HeaderValue, ApiError> {
    let path = format!("{UPLOADS}/{}", upload.id);
    HeaderValue::from_str(&path).map_err(ApiError::internal)
}
