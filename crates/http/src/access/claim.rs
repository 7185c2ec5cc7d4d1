use axum::http::{HeaderMap, Request, header};
use catalog::TokenKind;
use flow::Sha256Digest;

use super::same_origin::may_change;
use super::signed::{is_signed_at, signing_key};
use super::{Transport, secret};
use crate::ApiError;

/// Everybody may ask for these.
const OPEN: [&str; 6] = [
    "/health/live",
    "/health/ready",
    "/login",
    "/auth/methods",
    "/auth/login",
    "/auth/callback",
];

/// What a request says to be let in; whether it is true, the catalog or the provider knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim<'r> {
    /// The address needs no token.
    Open,
    Token {
        kind: TokenKind,
        hash: Sha256Digest,
        presented: &'r str,
    },
}

impl<'r> Claim<'r> {
    pub(crate) fn read<B>(request: &'r Request<B>, transport: Transport) -> Result<Self, ApiError> {
        if is_open(request.uri().path()) {
            return Ok(Self::Open);
        }
        let presented = presented_by(request, transport);
        let (kind, presented) = presented.ok_or_else(|| nothing_presented(request.uri().path()))?;
        if kind == TokenKind::Session && !may_change(request.method(), request.headers()) {
            return Err(ApiError::forbidden(
                "a session may change things only from this server's own pages: send an access \
                 token in place of the cookie",
            ));
        }
        Ok(Self::token(kind, presented))
    }

    pub(super) fn token(kind: TokenKind, presented: &'r str) -> Self {
        Self::Token {
            kind,
            hash: secret::hash(presented),
            presented,
        }
    }
}

pub(crate) fn is_open(path: &str) -> bool {
    OPEN.contains(&path)
}

/// The credential of a request, where it goes by its address.
pub(crate) fn presented_by<B>(
    request: &Request<B>,
    transport: Transport,
) -> Option<(TokenKind, &str)> {
    match is_signed_at(request.uri().path()) {
        true => signing_key(request.headers()).map(|key| (TokenKind::Signing, key)),
        false => presented(request.headers(), transport),
    }
}

fn nothing_presented(path: &str) -> ApiError {
    ApiError::unauthorized(match is_signed_at(path) {
        true => {
            "sign the request with an access key, in its Authorization header (AWS Signature Version 4)"
        }
        false => "send an access token: `Authorization: Bearer TOKEN`",
    })
}

fn presented(headers: &HeaderMap, transport: Transport) -> Option<(TokenKind, &str)> {
    let bearer = bearer(headers).map(|token| (TokenKind::Bearer, token));
    let session = || Some((TokenKind::Session, transport.session(headers)?));
    bearer.or_else(session)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    bearer_in(headers.get(header::AUTHORIZATION)?.to_str().ok()?)
}

/// The token in an `Authorization` value.
pub(super) fn bearer_in(value: &str) -> Option<&str> {
    let (scheme, presented) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(presented.trim())
}
