use axum::http::{HeaderMap, Request, header};
use catalog::TokenKind;
use flow::Sha256Digest;

use super::same_origin::may_change;
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
        let headers = request.headers();
        let (kind, presented) = presented(headers, transport).ok_or_else(|| {
            ApiError::unauthorized("send an access token: `Authorization: Bearer TOKEN`")
        })?;
        if kind == TokenKind::Session && !may_change(request.method(), headers) {
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

/// The credential of a request.
pub(crate) fn presented(headers: &HeaderMap, transport: Transport) -> Option<(TokenKind, &str)> {
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
