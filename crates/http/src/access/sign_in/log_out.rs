use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::for_people;
use crate::access::{Access, AccessControl};
use crate::{ApiError, Json};

#[derive(Serialize)]
struct LoggedOut {
    /// Where the browser goes now: out of the provider too, where the session came from there.
    to: String,
}

/// `POST /auth/logout`: ends the session of whoever asks.
pub(super) async fn log_out(
    State(access): State<AccessControl>,
    granted: Access,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if !granted.is_session() {
        return Err(ApiError::bad_request(
            "an access token has no session to end: `coverslip token withdraw` withdraws one",
        ));
    }
    access.end_session(&granted).await?;
    let to = where_to(&access, &headers).await;
    let mut response = Json(LoggedOut { to }).into_response();
    for cookie in access.front().transport().forget_session() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn where_to(access: &AccessControl, headers: &HeaderMap) -> String {
    let here = || "/".to_owned();
    let is_provided = access.front().transport().is_provided(headers);
    match for_people(access.front()).ok().filter(|_| is_provided) {
        Some(openid) => {
            let there = openid.provider.end_session_url().await;
            there.map_or_else(here, String::from)
        }
        None => here(),
    }
}
