use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use identity::{Attempt, LocalPath};
use serde::Deserialize;

use super::for_people;
use crate::access::{Audience, Entrance, FrontDoor};
use crate::{ApiError, Query};

#[derive(Deserialize)]
pub(super) struct Start {
    to: Option<String>,
}

/// `GET /auth/login?to=/...`: away to the provider.
pub(super) async fn start(
    State(entrance): State<Entrance>,
    headers: HeaderMap,
    Query(Start { to }): Query<Start>,
) -> Response {
    let sent = away(entrance.front(), to.as_deref()).await;
    sent.unwrap_or_else(|refused| Audience::of(&Method::GET, &headers).tell_on_the_way(refused))
}

async fn away(front: &FrontDoor, to: Option<&str>) -> Result<Response, ApiError> {
    let openid = for_people(front)?;
    let to = match to {
        None => LocalPath::root(),
        Some(to) => LocalPath::parse(to).ok_or_else(|| {
            ApiError::bad_request("`to` is no place of this server: give a path, as `/`")
        })?,
    };
    let attempt = Attempt::begin(to, Utc::now());
    let attempt = attempt.ok_or_else(|| ApiError::internal("there are no random numbers"))?;
    let url = openid.provider.authorization_url(&attempt).await;
    let url = url.map_err(ApiError::provider_away)?;
    let location = HeaderValue::try_from(url.as_str()).map_err(ApiError::internal)?;
    let cookie = front.transport().set_attempt(&attempt);
    let no_store = HeaderValue::from_static("no-store");
    let headers = [
        (header::LOCATION, location),
        (header::SET_COOKIE, cookie),
        (header::CACHE_CONTROL, no_store),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}
