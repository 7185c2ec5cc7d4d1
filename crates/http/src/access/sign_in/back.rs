use axum::extract::{Extension, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use chrono::Utc;
use identity::{Attempt, SignInError};
use serde::Deserialize;

use super::for_people;
use crate::access::control::SESSION_LIFE;
use crate::access::{Audience, ClientAddress, Entrance, Transport, page};
use crate::{ApiError, Query};

/// What the provider sends somebody back with. Nothing of it is logged or shown.
#[derive(Deserialize)]
pub(super) struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// `GET /auth/callback?code=...&state=...`: back from the provider.
pub(super) async fn come_back(
    State(entrance): State<Entrance>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Response {
    let came = let_in(&entrance, address, &headers, &answer).await;
    came.unwrap_or_else(|refused| {
        let refused = entrance.front().limits().failed(address, refused);
        Audience::of(&Method::GET, &headers).tell_on_the_way(refused)
    })
}

async fn let_in(
    entrance: &Entrance,
    address: ClientAddress,
    headers: &HeaderMap,
    answer: &Answer,
) -> Result<Response, ApiError> {
    let front = entrance.front();
    let (openid, transport) = (for_people(front)?, front.transport());
    let attempt = begun_here(transport, headers, answer)?;
    let code = code(answer)?;
    // From here on the provider is asked.
    front.limits().ensure_few_failures(address)?;
    let redeemed = openid
        .provider
        .redeem(&attempt, code, answer.iss.as_deref());
    let person = redeemed.await.map_err(refusal)?;
    let roles = openid.roles.roles_of(&person);
    let access = entrance.of_person(&person)?;
    let begun = access.begin_provided_session(&attempt, &person, roles);
    let session = begun.await?;
    let max_age_s = SESSION_LIFE.num_seconds();
    let mut response = page::signed_in(attempt.to());
    for cookie in [
        transport.set_cookie(&session, max_age_s),
        transport.set_provided(max_age_s),
        transport.forget_attempt(),
    ] {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The attempt that this browser began a moment ago, if this is the answer to it.
fn begun_here(
    transport: Transport,
    headers: &HeaderMap,
    answer: &Answer,
) -> Result<Attempt, ApiError> {
    let attempt = transport.attempt(headers);
    let state = answer.state.as_deref().unwrap_or_default();
    let attempt = attempt.filter(|attempt| attempt.is_answered_by(state, Utc::now()));
    attempt.ok_or_else(|| {
        ApiError::unauthorized(
            "this browser did not begin to sign in here, or more than ten minutes ago: sign in anew",
        )
    })
}

fn code(answer: &Answer) -> Result<&str, ApiError> {
    match (&answer.error, &answer.code) {
        (None, Some(code)) => Ok(code),
        _ => Err(ApiError::unauthorized(
            "the provider did not let you in, or you turned back there: sign in anew",
        )),
    }
}

fn refusal(error: SignInError) -> ApiError {
    match error {
        SignInError::Code => ApiError::unauthorized(
            "the provider does not take the code, or no longer: sign in anew",
        ),
        SignInError::Refused(refusal) => {
            ApiError::unauthorized(format!("the ID token is refused: {refusal}"))
        }
        SignInError::OtherProvider => {
            ApiError::unauthorized("the answer is of another provider: sign in anew")
        }
        SignInError::Client | SignInError::NoIdToken | SignInError::Provider(_) => {
            ApiError::provider_away(error)
        }
    }
}
