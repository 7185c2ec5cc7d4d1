//! The authorization code flow (RFC 6749, 4.1) with PKCE (RFC 7636), as OpenID Connect has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hyper::StatusCode;
use hyper::header::HeaderValue;
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::metadata::Metadata;
use super::{ProviderError, SignInError};
use crate::fetch::{Fetch, FetchError};
use crate::token::{Compact, ExpectedPerson, person as expected_person};
use crate::{Attempt, Client, ClientSecret, ProviderConfig, Refusal, Subject};

const MAX_CODE: usize = 4096;

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: Option<String>,
}

#[derive(Deserialize)]
struct TokenFailure {
    error: String,
}

pub(super) fn authorization_url(
    client: &Client,
    metadata: &Metadata,
    attempt: &Attempt,
) -> Result<Url, ProviderError> {
    let mut url = metadata.authorization()?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &client.id)
        .append_pair("redirect_uri", client.redirect.as_str())
        .append_pair("scope", &scope(client))
        .append_pair("state", &attempt.state())
        .append_pair("nonce", &attempt.nonce())
        .append_pair("code_challenge", &attempt.challenge())
        .append_pair("code_challenge_method", "S256");
    Ok(url)
}

/// Gives the code for an ID token.
pub(super) async fn redeem(
    fetch: &Fetch,
    client: &Client,
    metadata: &Metadata,
    attempt: &Attempt,
    code: &str,
) -> Result<String, SignInError> {
    if code.len() > MAX_CODE {
        return Err(SignInError::Code);
    }
    let (authorization, form) = token_request(client, metadata, attempt, code);
    let endpoint = metadata.token()?;
    let answer = fetch.post(endpoint.as_str(), authorization, form).await;
    let answer = answer.map_err(ProviderError::from)?;
    if answer.status != StatusCode::OK {
        return Err(failure(answer.status, &answer.body));
    }
    let TokenAnswer { id_token } =
        serde_json::from_slice(&answer.body).map_err(ProviderError::Description)?;
    id_token.ok_or(SignInError::NoIdToken)
}

pub(super) fn person(
    token: &Compact<'_>,
    config: &ProviderConfig,
    client: &Client,
    attempt: &Attempt,
    now: DateTime<Utc>,
) -> Result<Subject, Refusal> {
    let expected = ExpectedPerson {
        config,
        client: &client.id,
        nonce: &attempt.nonce(),
    };
    expected_person(token, &expected, now)
}

/// OpenID Connect RP-Initiated Logout 1.0, without the ID token, which is kept nowhere.
pub(super) fn end_session_url(client: &Client, metadata: &Metadata) -> Option<Url> {
    let mut url = metadata.end_session()?;
    url.query_pairs_mut()
        .append_pair("client_id", &client.id)
        .append_pair("post_logout_redirect_uri", client.logged_out.as_str());
    Some(url)
}

/// What says who we are, and the form.
fn token_request(
    client: &Client,
    metadata: &Metadata,
    attempt: &Attempt,
    code: &str,
) -> (Option<HeaderValue>, String) {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", client.redirect.as_str())
        .append_pair("code_verifier", &attempt.verifier());
    if let Some(secret) = client.secret.as_ref().filter(|_| metadata.takes_basic()) {
        return (Some(basic(&client.id, secret)), form.finish());
    }
    form.append_pair("client_id", &client.id);
    if let Some(secret) = &client.secret {
        form.append_pair("client_secret", secret.reveal());
    }
    (None, form.finish())
}

fn scope(client: &Client) -> String {
    let scopes = ["openid", "profile"].into_iter();
    let scopes = scopes.chain(client.scopes.iter().map(String::as_str));
    scopes.collect::<Vec<_>>().join(" ")
}

/// RFC 6749, 2.3.1: both are url-encoded first.
fn basic(id: &str, secret: &ClientSecret) -> HeaderValue {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(id), encoded(secret.reveal()));
    let value = format!("Basic {}", STANDARD.encode(pair));
    let mut value = HeaderValue::try_from(value).expect("base64 is printable");
    value.set_sensitive(true);
    value
}

/// RFC 6749, 5.2.
fn failure(status: StatusCode, body: &[u8]) -> SignInError {
    let failure: Option<TokenFailure> = serde_json::from_slice(body).ok();
    match failure.as_ref().map(|failure| failure.error.as_str()) {
        Some("invalid_grant") => SignInError::Code,
        Some("invalid_client" | "unauthorized_client") => SignInError::Client,
        _ => ProviderError::from(FetchError::Status(status)).into(),
    }
}
