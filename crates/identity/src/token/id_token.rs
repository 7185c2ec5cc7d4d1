use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq;

use super::{Claims, Compact, Refusal};
use crate::subject::plain_name;
use crate::{ClaimPath, Issuer, Subject};

/// What the ID token of somebody who just logged in must say.
pub(crate) struct ExpectedPerson<'e> {
    pub(crate) issuer: &'e Issuer,
    pub(crate) client: &'e str,
    /// Ours too, so that a token may name it beside the client.
    pub(crate) audience: Option<&'e str>,
    pub(crate) nonce: &'e str,
    pub(crate) groups: &'e ClaimPath,
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
    claims.ensure_issuer(expected.issuer)?;
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
        issuer: expected.issuer.as_str().to_owned(),
        id: id.to_owned(),
        name: plain_name(name.unwrap_or(id)),
        groups: expected.groups.groups(claims.all()),
        expires_at,
    })
}

fn ensure_for_us(claims: &Claims, expected: &ExpectedPerson<'_>) -> Result<(), Refusal> {
    let audience = claims.audience()?;
    let is_ours = |name: &&str| *name == expected.client || expected.audience == Some(*name);
    if !audience.contains(&expected.client) || !audience.iter().all(is_ours) {
        return Err(Refusal::Audience);
    }
    match claims.text("azp")? {
        Some(party) if party == expected.client => Ok(()),
        None if audience.len() == 1 => Ok(()),
        _ => Err(Refusal::AuthorizedParty),
    }
}
