use std::error::Error;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalog::CatalogError;
use step::HurryError;
use store::StoreError;
use tracing::error;

use crate::RequestId;
use crate::problem::{self, ProblemType, Told};

type Cause = Box<dyn Error + Send + Sync>;

/// An error answer. What is meant for the caller is in it; causes go to the log alone.
#[derive(Debug)]
pub struct ApiError {
    kind: &'static ProblemType,
    /// Written for the caller: what is wrong and what to do.
    detail: String,
    element: Option<String>,
    cause: Option<Cause>,
    retry_after: Option<Duration>,
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident = $kind:ident;)*) => {
        $($(#[$doc])*
        pub fn $name(detail: impl Into<String>) -> Self {
            Self::new(&problem::$kind, detail)
        })*
    };
}

impl ApiError {
    constructors! {
        /// 400: the request makes no sense, whatever the server's state.
        bad_request = BAD_REQUEST;
        /// 401: who is asking?
        unauthorized = UNAUTHORIZED;
        /// 403: not with these roles.
        forbidden = FORBIDDEN;
        /// 404
        not_found = NOT_FOUND;
        /// 405
        method_not_allowed = METHOD_NOT_ALLOWED;
        /// 406: there is no form of this that the caller takes.
        not_acceptable = NOT_ACCEPTABLE;
        /// 409: not in this state.
        conflict = CONFLICT;
        /// 410: it was there, and will not be again.
        gone = GONE;
        /// 412: it was to be done only if something holds, and it does not.
        precondition_failed = PRECONDITION_FAILED;
        /// 413
        payload_too_large = PAYLOAD_TOO_LARGE;
        /// 415
        unsupported_media_type = UNSUPPORTED_MEDIA_TYPE;
        /// 422: well formed, but not what it should be (a file that is not a slide, a wrong digest).
        unprocessable = UNPROCESSABLE;
        /// 423: another request is at work on this.
        locked = LOCKED;
        /// 460, as the protocol tus has it: bytes that do not match the checksum sent with them.
        checksum_mismatch = CHECKSUM_MISMATCH;
        /// 503: try again later.
        unavailable = UNAVAILABLE;
    }

    /// 429: the caller may come again after a while, rounded up to whole seconds.
    pub fn too_many_requests(detail: impl Into<String>, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(&problem::TOO_MANY_REQUESTS, detail)
        }
    }

    /// 503: what was asked for is being made; to be asked again after a while, rounded up to whole
    /// seconds.
    pub fn not_ready(detail: impl Into<String>, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(&problem::UNAVAILABLE, detail)
        }
    }

    /// 500: `cause` is logged when the answer is sent, and never shown.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::caused(
            &problem::INTERNAL,
            "the cause is in the server's log under this request id",
            cause,
        )
    }

    /// 503: the storage does not answer, for a `cause` that is logged.
    pub fn storage_away(cause: impl Into<Cause>) -> Self {
        Self::caused(
            &problem::UNAVAILABLE,
            "the storage does not answer as it should: try again in a while",
            cause,
        )
    }

    /// 503: the OpenID provider does not answer, for a `cause` that is logged.
    pub fn provider_away(cause: impl Into<Cause>) -> Self {
        Self::caused(
            &problem::UNAVAILABLE,
            "the OpenID provider does not answer as it should: try again in a while",
            cause,
        )
    }

    /// Names the element of the body that is meant, where a document of several was sent.
    pub fn about(self, element: impl Into<String>) -> Self {
        Self {
            element: Some(element.into()),
            ..self
        }
    }

    pub fn status(&self) -> StatusCode {
        self.kind.status
    }

    /// Written for the caller.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    pub fn is_not_found(&self) -> bool {
        self.status() == StatusCode::NOT_FOUND
    }

    pub fn is_forbidden(&self) -> bool {
        self.status() == StatusCode::FORBIDDEN
    }

    fn new(kind: &'static ProblemType, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            element: None,
            cause: None,
            retry_after: None,
        }
    }

    fn caused(kind: &'static ProblemType, detail: &str, cause: impl Into<Cause>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(kind, detail)
        }
    }
}

impl ApiError {
    /// As a page in place of a problem, with all else that an error answer does.
    pub(crate) fn told_as(self, page: impl FnOnce(StatusCode) -> Response) -> Response {
        let (mut parts, _problem) = self.into_response().into_parts();
        let (shown, body) = page(parts.status).into_parts();
        parts.headers.extend(shown.headers);
        Response::from_parts(parts, body)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Some(cause) = &self.cause {
            log(cause.as_ref());
        }
        let mut response = self.kind.response(self.detail.clone());
        response.extensions_mut().insert(Told {
            detail: self.detail,
            element: self.element,
        });
        if self.kind.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"coverslip\""),
            );
        }
        if let Some(after) = self.retry_after {
            let seconds = after.as_secs_f64().ceil() as u64;
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::NotFound { .. } => Self::not_found(error.to_string()),
            full if full.is_storage_full() => Self::caused(
                &problem::INSUFFICIENT_STORAGE,
                "free some space on the server's disk and try again",
                error,
            ),
            away if away.is_unavailable() => Self::storage_away(error),
            _ => Self::internal(error),
        }
    }
}

impl From<CatalogError> for ApiError {
    fn from(error: CatalogError) -> Self {
        match &error {
            CatalogError::UnknownSlide { .. }
            | CatalogError::UnknownCase { .. }
            | CatalogError::UnknownModel { .. }
            | CatalogError::UnknownAlert { .. } => Self::not_found(error.to_string()),
            CatalogError::Away { .. } => Self::caused(
                &problem::UNAVAILABLE,
                "the catalog does not answer: try again in a while",
                error,
            ),
            _ => Self::internal(error),
        }
    }
}

impl From<HurryError> for ApiError {
    fn from(error: HurryError) -> Self {
        match error {
            HurryError::Catalog(error) => error.into(),
            HurryError::Queue(error) => Self::internal(error),
        }
    }
}

fn log(cause: &(dyn Error + 'static)) {
    let mut causes = vec![cause.to_string()];
    let mut next = cause.source();
    while let Some(deeper) = next {
        causes.push(deeper.to_string());
        next = deeper.source();
    }
    let id = RequestId::current().map(tracing::field::display);
    error!(
        request.id = id,
        cause = causes.join(": "),
        "a request failed"
    );
}
