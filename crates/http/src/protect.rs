use axum::{Router, middleware};

use crate::access::{AccessControl, login, sign_in};
use crate::gate::{Gate, pass};
use crate::{ApiError, Protected};

/// Lets only those in who have a token, except to `/health/live`, `/health/ready`, `/login`
/// and the way through an OpenID provider below `/auth`.
///
/// Adds the login pages, problem answers for unknown addresses and methods (in place of a fallback
/// the router may have), a request id, security headers, and an access log at debug level that
/// names neither queries nor patients. To be called once, on the whole router, after the metrics
/// recorder is installed.
pub fn protect(router: Router, access: AccessControl) -> Protected {
    let gate = Gate::new(access.clone());
    let router = router
        .merge(login(access.clone()))
        .merge(sign_in(access))
        .fallback(async || ApiError::not_found("check the address and the id in it"))
        .method_not_allowed_fallback(async || {
            ApiError::method_not_allowed("the `allow` header names the methods there are")
        })
        .layer(middleware::from_fn_with_state(gate.clone(), pass));
    Protected::new(router, gate)
}
