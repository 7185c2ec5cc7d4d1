use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::markup::escaped;
use crate::problem::Told;

const FORM: HeaderValue = HeaderValue::from_static("application/xml");

/// An answer that tells an error, as S3's clients read it (Amazon S3 API Reference, Error Responses); any
/// other as it is.
pub(crate) fn in_its_form(mut response: Response) -> Response {
    let Some(told) = response.extensions_mut().remove::<Told>() else {
        return response;
    };
    let (status, code) = named(response.status());
    let message = escaped(&told.detail);
    *response.body_mut() = Body::from(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    ));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, FORM);
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::WWW_AUTHENTICATE);
    response
}

/// What S3 answers in place of a status; its clients come again after `SlowDown`.
fn named(status: StatusCode) -> (StatusCode, &'static str) {
    match status {
        StatusCode::UNAUTHORIZED => (StatusCode::FORBIDDEN, "InvalidAccessKeyId"),
        StatusCode::FORBIDDEN => (status, "AccessDenied"),
        StatusCode::NOT_FOUND => (status, "NoSuchBucket"),
        StatusCode::METHOD_NOT_ALLOWED => (status, "MethodNotAllowed"),
        StatusCode::TOO_MANY_REQUESTS => (StatusCode::SERVICE_UNAVAILABLE, "SlowDown"),
        StatusCode::SERVICE_UNAVAILABLE => (status, "ServiceUnavailable"),
        _ if status.is_server_error() => (status, "InternalError"),
        _ => (status, "InvalidRequest"),
    }
}
