use axum::Router;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::control::SESSION_LIFE;
use super::{Audience, ClientAddress, Entrance};
use crate::{ApiError, Query};

/// `GET /login?code=...`
pub(crate) fn login(entrance: Entrance) -> Router {
    // A HEAD request (of a link checker, say) must not use up the code.
    let page = get(log_in).head(StatusCode::NO_CONTENT);
    Router::new().route("/login", page).with_state(entrance)
}

#[derive(Deserialize)]
struct Login {
    code: String,
}

async fn log_in(
    State(entrance): State<Entrance>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    Query(Login { code }): Query<Login>,
) -> Response {
    let begun = begin(&entrance, &code).await;
    begun.unwrap_or_else(|refused| {
        let front = entrance.front();
        let refused = front.limits().failed(address, refused);
        let audience = Audience::of(&Method::GET, &headers);
        audience.tell(refused, front.openid(), &Uri::from_static("/"))
    })
}

async fn begin(entrance: &Entrance, code: &str) -> Result<Response, ApiError> {
    let session = entrance.begin_session(code).await?.ok_or_else(|| {
        ApiError::unauthorized("the login link is not valid, too old or used: ask for a new one")
    })?;
    let max_age_s = SESSION_LIFE.num_seconds();
    let cookie = entrance.front().transport().set_cookie(&session, max_age_s);
    let mut response = (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, "/"), (header::CACHE_CONTROL, "no-store")],
    )
        .into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}
