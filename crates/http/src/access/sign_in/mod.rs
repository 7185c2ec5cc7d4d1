//! People come through an OpenID provider: away to it, back with a code, in with a session.

mod back;
mod log_out;
mod methods;
mod start;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::{AccessControl, Entrance, FrontDoor, OpenId};
use crate::ApiError;

/// The way in below `/auth`.
pub(crate) fn sign_in(entrance: Entrance) -> Router {
    // A HEAD request must not use up the code.
    let back = get(back::come_back).head(StatusCode::NO_CONTENT);
    Router::new()
        .route("/auth/methods", get(methods::methods))
        .route("/auth/login", get(start::start))
        .route("/auth/callback", back)
        .with_state(entrance)
}

/// The way out, for whoever is in.
pub(crate) fn log_out(access: AccessControl) -> Router {
    Router::new()
        .route("/auth/logout", post(log_out::log_out))
        .with_state(access)
}

/// 404 where nobody can come through a provider.
fn for_people(front: &FrontDoor) -> Result<&OpenId, ApiError> {
    let openid = front.openid().filter(|openid| openid.logs_people_in());
    openid.ok_or_else(|| {
        ApiError::not_found("nobody signs in through a provider here: ask for a login link")
    })
}
