use chrono::{DateTime, Utc};

use super::{Claims, Compact, Refusal};
use crate::subject::plain_name;
use crate::{ProviderConfig, Subject};

/// What only ID tokens say.
const OF_ID_TOKENS: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];
/// What tokens of the type `at+jwt` must say beside (RFC 9068, 2.2).
const OF_TYPED_TOKENS: [&str; 2] = ["client_id", "jti"];
/// Who was given the token, by whatever name.
const HOLDER: [&str; 4] = ["client_id", "azp", "appid", "cid"];

/// Who sends an access token whose signature was looked at: RFC 9068 where the token says that it is
/// of its type, and what is common where it does not.
pub(crate) fn machine(
    token: &Compact<'_>,
    config: &ProviderConfig,
    audience: &str,
    now: DateTime<Utc>,
) -> Result<Subject, Refusal> {
    let claims = Claims::of(token)?;
    match token.kind() {
        Some("at+jwt") => ensure_typed(&claims)?,
        Some("jwt") | None => ensure_no_id_token(&claims)?,
        Some(_) => return Err(Refusal::Type),
    }
    claims.ensure_issuer(&config.issuer)?;
    if !claims.audience()?.contains(&audience) {
        return Err(Refusal::Audience);
    }
    let expires_at = claims.ensure_current(now)?;
    let id = claims.subject()?;
    let name = claims.first_text(&HOLDER)?;
    Ok(Subject {
        issuer: config.issuer.as_str().to_owned(),
        id: id.to_owned(),
        name: plain_name(name.unwrap_or(id)),
        groups: config.groups.groups(claims.all()),
        tenant: config.tenant_in(&claims),
        expires_at,
    })
}

fn ensure_typed(claims: &Claims) -> Result<(), Refusal> {
    for name in OF_TYPED_TOKENS {
        claims.required_text(name)?;
    }
    match claims.has("iat") {
        true => Ok(()),
        false => Err(Refusal::Missing("iat")),
    }
}

/// Tokens of both kinds look much the same where the type does not tell.
fn ensure_no_id_token(claims: &Claims) -> Result<(), Refusal> {
    if OF_ID_TOKENS.iter().any(|name| claims.has(name)) {
        return Err(Refusal::IdToken);
    }
    // Keycloak says here what it is; tokens that tell of events (logouts) are none of either kind.
    match claims.text("typ")? {
        Some("ID") => Err(Refusal::IdToken),
        Some(kind) if kind != "Bearer" => Err(Refusal::Type),
        _ if claims.has("events") => Err(Refusal::Type),
        _ => Ok(()),
    }
}
