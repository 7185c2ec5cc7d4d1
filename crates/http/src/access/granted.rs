use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use catalog::{Role, TokenKind, TokenRow};
use flow::Sha256Digest;

use super::job_token::is_tile_of;
use super::secret;
use super::signed::is_signed_at;
use crate::ApiError;

/// The right to ask, in the hands of a handler. [`crate::protect`] grants it.
#[derive(Clone, Debug)]
pub struct Access {
    token: Arc<TokenRow>,
}

impl Access {
    pub(super) const fn new(token: Arc<TokenRow>) -> Self {
        Self { token }
    }

    /// Who is asking, for the audit trail.
    pub fn name(&self) -> &str {
        &self.token.name
    }

    /// By what whoever is asking is known again. A secret that lasts is known by itself; one that
    /// ends, such as a session or a token of the provider, by the name of its holder, who will come
    /// with another.
    pub fn key(&self) -> Sha256Digest {
        match self.token.expires_at {
            None => self.token.hash,
            Some(_) => Sha256Digest::of(format!("holder {}", self.token.name).as_bytes()),
        }
    }

    pub(super) fn hash(&self) -> &Sha256Digest {
        &self.token.hash
    }

    pub(super) fn roles(&self) -> &[Role] {
        &self.token.roles
    }

    pub(super) fn is_session(&self) -> bool {
        self.token.kind == TokenKind::Session
    }

    /// Whether it was granted for what is signed with the key of this id.
    pub fn is_signed_by(&self, access_key_id: &str) -> bool {
        self.token.kind == TokenKind::Signing && self.token.hash == secret::hash(access_key_id)
    }

    /// Whether this may be asked for at all: a job's token reads the tiles of its slide and nothing else,
    /// and a key that signs is good for nothing where signatures are not verified.
    pub(crate) fn reaches(&self, method: &Method, path: &str) -> bool {
        let slide = self.token.slide;
        match self.token.kind {
            TokenKind::Job => slide.is_some_and(|slide| is_tile_of(slide, method, path)),
            TokenKind::Signing => is_signed_at(path),
            TokenKind::Bearer | TokenKind::Session | TokenKind::LoginCode | TokenKind::Spent => {
                !is_signed_at(path)
            }
        }
    }

    /// An administrator has every role.
    pub fn has(&self, role: Role) -> bool {
        self.token.roles.contains(&role) || self.token.roles.contains(&Role::Admin)
    }

    /// 403 without the role.
    pub fn require(&self, role: Role) -> Result<(), ApiError> {
        self.require_any(&[role])
    }

    /// 403 without at least one of the roles.
    pub fn require_any(&self, roles: &[Role]) -> Result<(), ApiError> {
        if roles.iter().any(|role| self.has(*role)) {
            return Ok(());
        }
        let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
        let names = names.join(" or ");
        Err(ApiError::forbidden(format!(
            "this needs the role {names}: ask for an access token that has it"
        )))
    }
}

impl Access {
    /// 403 unless a person asks who has the role: one who opened a login link with a browser, or
    /// came through the OpenID provider. Tokens, the provider's too, are for machines, and machines neither judge nor sign.
    pub fn require_person(&self, role: Role) -> Result<(), ApiError> {
        self.require_any_person(&[role])
    }

    /// The same of several roles.
    pub fn require_any_person(&self, roles: &[Role]) -> Result<(), ApiError> {
        self.require_any(roles)?;
        match self.token.kind {
            TokenKind::Session => Ok(()),
            TokenKind::Bearer
            | TokenKind::LoginCode
            | TokenKind::Spent
            | TokenKind::Job
            | TokenKind::Signing => Err(ApiError::forbidden(
                "only a person may do this: log in with a browser, through the provider or by a login \
                 link, which `coverslip token link` makes, in place of an access token",
            )),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Access {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let granted = parts.extensions.get().cloned();
        granted.ok_or_else(|| ApiError::unauthorized("send an access token"))
    }
}
