use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq;

use super::{Claims, Compact, Refusal};
use crate::subject::plain_name;
use crate::{ProviderConfig, Subject};

/// What the ID token of somebody who just logged in must say.
pub(crate) struct ExpectedPerson<'e> {
    /// Its audience is ours too, so that a token may name it beside the client.
    pub(crate) config: &'e ProviderConfig,
    pub(crate) client: &'e str,
    pub(crate) nonce: &'e str,
}

/// Who logged in, by an ID token whose signature was looked at (OpenID Connect Core, 3.1.3.7).
pub(crate) fn person(
    token: &Compact<'_>,
    expected: &ExpectedPerson<'_>,
    now: DateTime<Utc>,
) -> Result<Subject, Refusal> {
    if !matches!(token.kind(), None | Some("jwt")) {
        return Err(Refusal::Type);
    }
    let claims = Claims::of(token)?;
    let config = expected.config;
    claims.ensure_issuer(&config.issuer)?;
    ensure_for_us(&claims, expected)?;
    let expires_at = claims.ensure_current(now)?;
    if !claims.has("iat") {
        return Err(Refusal::Missing("iat"));
    }
    let nonce = claims.required_text("nonce")?;
    if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(Refusal::Nonce);
    }
    let id = claims.subject()?;
    let name = claims.first_text(&["preferred_username", "name"])?;
    Ok(Subject {
        issuer: config.issuer.as_str().to_owned(),
        id: id.to_owned(),
        name: plain_name(name.unwrap_or(id)),
        groups: config.groups.groups(claims.all()),
        tenant: config.tenant_in(&claims),
        expires_at,
    })
}

fn ensure_for_us(claims: &Claims, expected: &ExpectedPerson<'_>) -> Result<(), Refusal> {
    let audience = claims.audience()?;
    let ours = expected.config.audience.as_deref();
    let is_ours = |name: &&str| *name == expected.client || ours == Some(*name);
    if !audience.contains(&expected.client) || !audience.iter().all(is_ours) {
        return Err(Refusal::Audience);
    }
    match claims.text("azp")? {
        Some(party) if party == expected.client => Ok(()),
        None if audience.len() == 1 => Ok(()),
        _ => Err(Refusal::AuthorizedParty),
    }
}
