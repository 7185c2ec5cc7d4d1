use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use tracing::{Level, debug, enabled};

use crate::access::{AccessControl, Audience, Claim, login};
use crate::{ApiError, RequestId};

/// Only what is ours may run in the viewer, and nobody may frame it.
const POLICY: &str = "default-src 'self'; img-src 'self' blob: data:; frame-ancestors 'none'; \
                      base-uri 'none'; form-action 'self'";

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Lets only those in who have a token, except to `/health/live`, `/health/ready` and `/login`.
///
/// Adds the login page, problem answers for unknown addresses and methods (in place of a fallback
/// the router may have), a request id, security headers, and an access log at debug level that
/// names neither queries nor patients. To be called once, on the whole router.
pub fn protect(router: Router, access: AccessControl) -> Router {
    router
        .merge(login(access.clone()))
        .fallback(async || ApiError::not_found("check the address and the id in it"))
        .method_not_allowed_fallback(async || {
            ApiError::method_not_allowed("the `allow` header names the methods there are")
        })
        .layer(middleware::from_fn_with_state(access, pass))
}

/// One layer for all of it: every layer costs each tile a boxed future.
async fn pass(State(access): State<AccessControl>, request: Request, next: Next) -> Response {
    let id = RequestId::next();
    let log = AccessLog::start(&request);
    let mut response = id.within(admit(&access, request, next)).await;
    dress(&mut response, id);
    if let Some(log) = log {
        log.finish(&response, id);
    }
    response
}

async fn admit(access: &AccessControl, mut request: Request, next: Next) -> Response {
    let audience = Audience::of(request.method(), request.headers());
    let granted = match Claim::read(&request, access.transport()) {
        Ok(Claim::Open) => return next.run(request).await,
        Ok(Claim::Token { kind, hash }) => access.grant(kind, hash).await,
        Err(refused) => Err(refused),
    };
    match granted {
        Ok(granted) => {
            request.extensions_mut().insert(granted);
            next.run(request).await
        }
        Err(refused) => audience.tell(refused),
    }
}

fn dress(response: &mut Response, id: RequestId) {
    let headers = response.headers_mut();
    let policy = headers.entry(header::CONTENT_SECURITY_POLICY);
    policy.or_insert(HeaderValue::from_static(POLICY));
    let nosniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    let no_referrer = HeaderValue::from_static("no-referrer");
    headers.insert(header::REFERRER_POLICY, no_referrer);
    if let Some(value) = id.header() {
        headers.insert(REQUEST_ID.clone(), value);
    }
}

/// Costs nothing unless debug messages are wanted.
struct AccessLog {
    method: Method,
    path: String,
    start: Instant,
}

impl AccessLog {
    fn start(request: &Request) -> Option<Self> {
        enabled!(Level::DEBUG).then(|| Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            start: Instant::now(),
        })
    }

    fn finish(self, response: &Response, id: RequestId) {
        debug!(
            request.id = %id,
            http.method = %self.method,
            http.path = self.path,
            http.status = response.status().as_u16(),
            duration_us = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX),
            "answered a request"
        );
    }
}
