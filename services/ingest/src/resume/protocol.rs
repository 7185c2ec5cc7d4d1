use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use catalog::Role;
use http::{Access, ApiError};

use super::{Uploads, checksum};

const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const EXTENSIONS: &str = "creation,creation-with-upload,checksum,termination,expiration";

/// Refuses other versions of the protocol, and names ours in every answer. Where an upload stands is
/// never to be remembered.
pub(super) async fn speak(request: Request, next: Next) -> Response {
    let is_known = request.headers().get(TUS_RESUMABLE) == Some(&VERSION);
    let mut response = match is_known || request.method() == Method::OPTIONS {
        true => next.run(request).await,
        false => other_version(),
    };
    let headers = response.headers_mut();
    headers.insert(TUS_RESUMABLE, VERSION);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `OPTIONS`: what this server can do.
pub(super) async fn options(
    State(uploads): State<Uploads>,
    access: Access,
) -> Result<impl IntoResponse, ApiError> {
    access.require(Role::Scanner)?;
    let most = uploads.config.uploads.most_bytes;
    let told = [
        (TUS_VERSION, VERSION),
        (HeaderName::from_static("tus-max-size"), most.into()),
        (
            HeaderName::from_static("tus-extension"),
            HeaderValue::from_static(EXTENSIONS),
        ),
        (
            HeaderName::from_static("tus-checksum-algorithm"),
            HeaderValue::from_static(checksum::ALGORITHMS),
        ),
    ];
    Ok((StatusCode::NO_CONTENT, told))
}

fn other_version() -> Response {
    let told = "this server speaks tus 1.0.0: send Tus-Resumable: 1.0.0 with every request";
    (
        [(TUS_VERSION, VERSION)],
        ApiError::precondition_failed(told),
    )
        .into_response()
}
