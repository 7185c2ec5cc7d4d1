//! Files that come in piece by piece, by tus 1.0.0 (<https://tus.io/protocols/resumable-upload>):
//! its core with creation, creation-with-upload, checksum, termination and expiration.
//!
//! What a request brings is cut into parts. A part is noted in the catalog, stored, and then kept
//! ([`write`]): only what is kept counts, so any replica can tell what outlives a crash, and whatever
//! may lie in storage is known. Of several requests that write to one upload the last to begin may,
//! which needs no clock and nothing to wait for after a crash. When all bytes are there the parts go
//! through [`crate::receive()`] like any other file ([`join`]), and are removed.

mod answer;
mod begin;
mod checksum;
mod clear;
mod create;
mod error;
mod headers;
mod join;
mod metadata;
mod part_writer;
mod pieces;
mod protocol;
mod sweep;
mod write;

use axum::extract::DefaultBodyLimit;
use axum::routing::{options, post};
use axum::{Router, middleware};
use catalog::{UploadRow, UploadState};
use chrono::{DateTime, TimeDelta, Utc};
use flow::UploadId;
use http::Access;

use crate::{IngestDeps, ReceiveConfig, UploadConfig};

pub(crate) use begin::Begun;
pub(crate) use clear::remove;
pub(crate) use error::ResumeError;
pub(crate) use metadata::Told;
pub(crate) use part_writer::{PartWriter, discard};
pub(crate) use sweep::run as sweep;
pub(crate) use write::PATIENCE;

const UPLOADS: &str = "/api/v1/uploads";

/// What handlers need.
#[derive(Clone)]
pub(crate) struct Uploads {
    pub(crate) deps: IngestDeps,
    pub(crate) config: ReceiveConfig,
}

pub(crate) fn router(deps: IngestDeps, config: ReceiveConfig) -> Router {
    let one = post(pieces::overridden)
        .head(pieces::head)
        .patch(pieces::patch)
        .delete(pieces::remove)
        .options(protocol::options);
    Router::new()
        .route(UPLOADS, options(protocol::options).post(create::create))
        .route(&format!("{UPLOADS}/{{id}}"), one)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(protocol::speak))
        .with_state(Uploads { deps, config })
}

impl Uploads {
    /// An upload that whoever asks began, and that is not over without a slide.
    async fn owned(&self, access: &Access, id: UploadId) -> Result<UploadRow, ResumeError> {
        let upload = self.deps.catalog.upload(id).await?;
        let upload = upload.filter(|upload| upload.owner == access.key());
        let upload = upload.ok_or(ResumeError::Unknown { id })?;
        let has_expired = expires_at(&upload, self.config.uploads) <= Utc::now();
        match upload.state {
            UploadState::Open if has_expired => Err(ResumeError::Over { how: "has expired" }),
            UploadState::Open | UploadState::Done(_) => Ok(upload),
            UploadState::Numbered => Err(ResumeError::Unknown { id }),
            UploadState::Refused => Err(ResumeError::Over { how: "was refused" }),
            UploadState::Removed => Err(ResumeError::Over { how: "was removed" }),
            UploadState::Expired => Err(ResumeError::Over { how: "has expired" }),
        }
    }
}

/// When an upload is given up to which nothing more is added.
fn expires_at(upload: &UploadRow, config: UploadConfig) -> DateTime<Utc> {
    let idle = TimeDelta::from_std(config.idle).unwrap_or(TimeDelta::MAX);
    let expiry = upload.touched_at.checked_add_signed(idle);
    expiry.unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Does work to its end, also where whoever asked for it has gone.
pub(crate) async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ResumeError>> + Send + 'static,
) -> Result<T, ResumeError> {
    tokio::spawn(work).await.map_err(ResumeError::Stopped)?
}
