use axum::Router;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::control::SESSION_LIFE;
use super::{AccessControl, Audience, ClientAddress};
use crate::{ApiError, Query};

/// `GET /login?code=...`
pub(crate) fn login(access: AccessControl) -> Router {
    // A HEAD request (of a link checker, say) must not use up the code.
    let page = get(log_in).head(StatusCode::NO_CONTENT);
    Router::new().route("/login", page).with_state(access)
}

#[derive(Deserialize)]
struct Login {
    code: String,
}

async fn log_in(
    State(access): State<AccessControl>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    Query(Login { code }): Query<Login>,
) -> Response {
    let begun = begin(&access, &code).await;
    begun.unwrap_or_else(|refused| {
        let refused = access.limits().failed(address, refused);
        let audience = Audience::of(&Method::GET, &headers);
        audience.tell(refused, access.openid(), &Uri::from_static("/"))
    })
}

async fn begin(access: &AccessControl, code: &str) -> Result<Response, ApiError> {
    let session = access.begin_session(code).await?.ok_or_else(|| {
        ApiError::unauthorized("the login link is not valid, too old or used: ask for a new one")
    })?;
    let max_age_s = SESSION_LIFE.num_seconds();
    let cookie = access.transport().set_cookie(&session, max_age_s);
    let mut response = (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, "/"), (header::CACHE_CONTROL, "no-store")],
    )
        .into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}
