use axum::http::{HeaderMap, Request, header};
use catalog::TokenKind;
use flow::Sha256Digest;

use super::same_origin::may_change;
use super::{Transport, secret};
use crate::ApiError;

/// Everybody may ask for these.
const OPEN: [&str; 3] = ["/health/live", "/health/ready", "/login"];

/// What a request says to be let in; whether it is true, the catalog knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// The address needs no token.
    Open,
    Token {
        kind: TokenKind,
        hash: Sha256Digest,
    },
}

impl Claim {
    pub(crate) fn read<B>(request: &Request<B>, transport: Transport) -> Result<Self, ApiError> {
        if OPEN.contains(&request.uri().path()) {
            return Ok(Self::Open);
        }
        let headers = request.headers();
        if let Some(presented) = bearer(headers) {
            return Ok(Self::token(TokenKind::Bearer, presented));
        }
        let presented = transport.session(headers).ok_or_else(|| {
            ApiError::unauthorized("send an access token: `Authorization: Bearer TOKEN`")
        })?;
        if !may_change(request.method(), headers) {
            return Err(ApiError::forbidden(
                "a session may change things only from this server's own pages: send an access \
                 token in place of the cookie",
            ));
        }
        Ok(Self::token(TokenKind::Session, presented))
    }

    pub(super) fn token(kind: TokenKind, presented: &str) -> Self {
        let hash = secret::hash(presented);
        Self::Token { kind, hash }
    }
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
