use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use crate::problem::Told;

const FORM: HeaderValue = HeaderValue::from_static("application/fhir+json");

/// What FHIR says of a request in place of, or beside, what it asked for (R4 section 2.33).
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "resourceType")]
pub struct OperationOutcome {
    pub issue: Vec<Issue>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Issue {
    pub severity: Severity,
    pub code: IssueKind,
    pub diagnostics: String,
    /// Which elements of the resource that was sent are meant, as FHIRPath.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expression: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Fatal,
    Error,
    Warning,
    Information,
}

/// Those of FHIR's `issue-type` that are told here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IssueKind {
    Invalid,
    Value,
    Login,
    Forbidden,
    NotFound,
    NotSupported,
    Conflict,
    MultipleMatches,
    TooLong,
    Throttled,
    Transient,
    NoStore,
    Exception,
    Suppressed,
}

impl OperationOutcome {
    /// Beside what was found: something was kept back from whoever asks.
    pub fn suppressed(diagnostics: impl Into<String>) -> Self {
        Self::of(Issue {
            severity: Severity::Information,
            code: IssueKind::Suppressed,
            diagnostics: diagnostics.into(),
            expression: Vec::new(),
        })
    }

    fn of(issue: Issue) -> Self {
        Self { issue: vec![issue] }
    }
}

/// Where error answers have this form.
pub(crate) fn is_spoken_at(path: &str) -> bool {
    path.starts_with("/fhir/")
}

/// An answer that tells an error, in this form; any other as it is.
pub(crate) fn in_its_form(mut response: Response) -> Response {
    let Some(told) = response.extensions_mut().remove::<Told>() else {
        return response;
    };
    let status = response.status();
    let severity = match status.is_server_error() {
        true => Severity::Fatal,
        false => Severity::Error,
    };
    let outcome = OperationOutcome::of(Issue {
        severity,
        code: kind_of(status),
        diagnostics: told.detail,
        expression: told.element.into_iter().collect(),
    });
    // A struct of strings can always be written.
    let body = serde_json::to_vec(&outcome).unwrap_or_default();
    *response.body_mut() = Body::from(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, FORM);
    headers.remove(header::CONTENT_LENGTH);
    response
}

fn kind_of(status: StatusCode) -> IssueKind {
    match status {
        StatusCode::UNAUTHORIZED => IssueKind::Login,
        StatusCode::FORBIDDEN => IssueKind::Forbidden,
        StatusCode::NOT_FOUND => IssueKind::NotFound,
        StatusCode::METHOD_NOT_ALLOWED
        | StatusCode::NOT_ACCEPTABLE
        | StatusCode::UNSUPPORTED_MEDIA_TYPE => IssueKind::NotSupported,
        StatusCode::CONFLICT => IssueKind::Conflict,
        StatusCode::PRECONDITION_FAILED => IssueKind::MultipleMatches,
        StatusCode::PAYLOAD_TOO_LARGE => IssueKind::TooLong,
        StatusCode::UNPROCESSABLE_ENTITY => IssueKind::Value,
        StatusCode::TOO_MANY_REQUESTS => IssueKind::Throttled,
        StatusCode::SERVICE_UNAVAILABLE => IssueKind::Transient,
        StatusCode::INSUFFICIENT_STORAGE => IssueKind::NoStore,
        status if status.is_server_error() => IssueKind::Exception,
        _ => IssueKind::Invalid,
    }
}
