//! Files that scanners bring by S3's protocol (Amazon S3 API, 2006-03-01): the bucket `incoming`, into which
//! every key that signs writes by names of its own, in one request or as a multipart upload.
//!
//! The protocol itself, its signatures and sums, is `s3s`'s. A multipart upload is an upload like that of
//! [`crate::resume`], whose parts come under numbers; once its sender says which of them are the file, it
//! goes the same way, and becomes a slide. What was brought is listed and can be asked for by its name, so
//! that clients that copy folders send each file once; it cannot be read back, changed or removed.

mod access;
mod error;
mod listing;
mod names;
mod object;
mod parts;
mod service;
mod sums;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::response::Response;
use axum::routing::any;
use http::{ApiError, SigningSecret};
use s3s::service::{S3Service, S3ServiceBuilder};

use self::access::{OwnRequests, SigningKeys};
use self::service::Incoming;
use crate::resume::Uploads;
use crate::{IngestDeps, ReceiveConfig};

/// `/incoming`: what [`http::protect`] lets through there is verified here.
pub fn scanner_s3(deps: IngestDeps, config: ReceiveConfig, secret: SigningSecret) -> Router {
    let mut builder = S3ServiceBuilder::new(Incoming::new(Uploads { deps, config }));
    builder.set_auth(SigningKeys(secret));
    builder.set_access(OwnRequests);
    Router::new()
        .route("/incoming", any(answer))
        .route("/incoming/", any(answer))
        .route("/incoming/{*object}", any(answer))
        .layer(DefaultBodyLimit::disable())
        .with_state(builder.build())
}

async fn answer(State(service): State<S3Service>, request: Request) -> Result<Response, ApiError> {
    let request = request.map(s3s::Body::http_body_unsync);
    let response = service.call(request).await;
    let response = response.map_err(|error| {
        let source: Box<dyn std::error::Error + Send + Sync> = error.into();
        ApiError::internal(std::io::Error::other(source))
    })?;
    Ok(response.map(Body::new))
}
