use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use catalog::{Role, UploadMetadata, UploadState};
use flow::UploadId;
use http::{Access, ApiError, Path};

use super::checksum::Checksum;
use super::write::{Piece, write};
use super::{ResumeError, Uploads, clear, headers, to_its_end};
use crate::receive::sender_of;

/// `HEAD /api/v1/uploads/{id}`: where it stands.
pub(super) async fn head(
    State(uploads): State<Uploads>,
    access: Access,
    Path(id): Path<UploadId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    access.require(Role::Scanner)?;
    let upload = uploads.owned(&access, id).await?;
    let standing = uploads.standing(&upload, sender_of(&headers)).await?;
    let mut told = standing.headers();
    let length = HeaderName::from_static("upload-length");
    told.insert(length, upload.n_bytes.into());
    let metadata = upload.metadata.as_ref().map(UploadMetadata::reveal);
    if let Some(metadata) = metadata.and_then(|text| HeaderValue::from_str(text).ok()) {
        told.insert(HeaderName::from_static("upload-metadata"), metadata);
    }
    Ok((StatusCode::OK, told).into_response())
}

/// `PATCH /api/v1/uploads/{id}`: more of its bytes. The last of them make it a slide.
pub(super) async fn patch(
    State(uploads): State<Uploads>,
    access: Access,
    Path(id): Path<UploadId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    access.require(Role::Scanner)?;
    if !headers::has_bytes(&headers) {
        return Err(ResumeError::ContentType.into());
    }
    let piece = Piece {
        offset: headers::offset(&headers)?,
        n_announced: headers::body_length(&headers),
        checksum: Checksum::read(&headers)?,
    };
    let mut upload = uploads.owned(&access, id).await?;
    if piece.offset != upload.n_kept {
        let n_kept = upload.n_kept;
        return Err(ResumeError::Offset { n_kept }.into());
    }
    if !upload.is_whole() {
        let (deps, config) = (uploads.deps.clone(), uploads.config.uploads);
        let written = write(deps, config, upload.clone(), piece, body);
        upload.n_kept = to_its_end(written).await?;
        upload.touched_at = chrono::Utc::now();
    }
    let standing = uploads.standing(&upload, sender_of(&headers)).await?;
    Ok((StatusCode::NO_CONTENT, standing.headers()).into_response())
}

/// `DELETE /api/v1/uploads/{id}`: it is wanted no more.
pub(super) async fn remove(
    State(uploads): State<Uploads>,
    access: Access,
    Path(id): Path<UploadId>,
) -> Result<StatusCode, ApiError> {
    access.require(Role::Scanner)?;
    let upload = uploads.owned(&access, id).await?;
    let is_open = upload.state == UploadState::Open;
    if is_open && clear::remove(&uploads.deps, id).await? == clear::Removal::Removed {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ResumeError::Whole.into())
}

/// `POST /api/v1/uploads/{id}` of clients that can send neither PATCH nor DELETE.
pub(super) async fn overridden(
    uploads: State<Uploads>,
    access: Access,
    id: Path<UploadId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let method = headers::text(&headers, "X-HTTP-Method-Override")?;
    match method {
        Some("PATCH") => patch(uploads, access, id, headers, body).await,
        Some("DELETE") => Ok(remove(uploads, access, id).await?.into_response()),
        _ => Err(ApiError::method_not_allowed(
            "send HEAD, PATCH or DELETE, or the last two as POST with X-HTTP-Method-Override",
        )),
    }
}
