use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::RequestId;

/// The body of an error answer (RFC 9457).
#[derive(Debug, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub title: &'static str,
    pub status: u16,
    pub detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// What an error answer tells, kept beside its body for those who tell it in another form.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) detail: String,
    /// Which element of the body that was sent is meant.
    pub(crate) element: Option<String>,
}

/// What is the same in all problems of one type.
#[derive(Debug)]
pub(crate) struct ProblemType {
    pub(crate) kind: &'static str,
    pub(crate) title: &'static str,
    pub(crate) status: StatusCode,
}

impl ProblemType {
    pub(crate) fn response(&self, detail: String) -> Response<Body> {
        let problem = Problem {
            kind: self.kind,
            title: self.title,
            status: self.status.as_u16(),
            detail,
            request_id: RequestId::current().map(|id| id.to_string()),
        };
        // A struct of strings and numbers can always be written.
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

macro_rules! problem_types {
    ($($name:ident = $status:ident $slug:literal $title:literal;)*) => {
        $(pub(crate) static $name: ProblemType = ProblemType {
            kind: concat!("urn:coverslip:problem:", $slug),
            title: $title,
            status: StatusCode::$status,
        };)*
    };
}

/// Of the resumable upload protocol tus; it has no name in HTTP.
const CHECKSUM_MISMATCH_STATUS: StatusCode = match StatusCode::from_u16(460) {
    Ok(status) => status,
    Err(_) => StatusCode::BAD_REQUEST,
};

/// What was announced of some bytes is not what came.
pub(crate) static CHECKSUM_MISMATCH: ProblemType = ProblemType {
    kind: "urn:coverslip:problem:checksum-mismatch",
    title: "The bytes are not those that were announced",
    status: CHECKSUM_MISMATCH_STATUS,
};

problem_types! {
    BAD_REQUEST = BAD_REQUEST "bad-request" "The request is not valid";
    UNAUTHORIZED = UNAUTHORIZED "unauthorized" "A valid access token is needed";
    FORBIDDEN = FORBIDDEN "forbidden" "The access token does not allow this";
    NOT_FOUND = NOT_FOUND "not-found" "There is no such thing here";
    METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED "method-not-allowed" "This address does not take that method";
    NOT_ACCEPTABLE = NOT_ACCEPTABLE "not-acceptable" "There is no answer of an acceptable media type";
    CONFLICT = CONFLICT "conflict" "The request does not fit the present state";
    GONE = GONE "gone" "It was here and is no more";
    PRECONDITION_FAILED = PRECONDITION_FAILED "precondition-failed" "The condition of the request does not hold";
    PAYLOAD_TOO_LARGE = PAYLOAD_TOO_LARGE "payload-too-large" "The body is too large";
    UNSUPPORTED_MEDIA_TYPE = UNSUPPORTED_MEDIA_TYPE "unsupported-media-type" "The body's type is not supported";
    TOO_MANY_REQUESTS = TOO_MANY_REQUESTS "too-many-requests" "The server has enough to do for now";
    UNPROCESSABLE = UNPROCESSABLE_ENTITY "unprocessable" "The content cannot be processed";
    LOCKED = LOCKED "locked" "Another request is at work on this";
    INTERNAL = INTERNAL_SERVER_ERROR "internal" "Something went wrong on the server";
    UNAVAILABLE = SERVICE_UNAVAILABLE "unavailable" "The server cannot answer now";
    INSUFFICIENT_STORAGE = INSUFFICIENT_STORAGE "insufficient-storage" "The server's storage is full";
}
