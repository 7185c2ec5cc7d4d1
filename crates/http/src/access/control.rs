use std::sync::Arc;
use std::time::Duration;

use catalog::{
    AuditAction, AuditEvent, Catalog, CatalogError, NewToken, Role, TokenKind, TokenRow,
};
use chrono::{TimeDelta, Utc};
use flow::{Sha256Digest, TenantName};
use identity::Subject;
use moka::sync::Cache;
use serde_json::json;
use tokio::time::Instant;

use super::{Access, AccessRules, FrontDoor, Secret, SigningSecret, Transport, secret};
use crate::ApiError;

/// Who makes and withdraws tokens, in the audit trail: whoever can run commands where the catalog is.
const OPERATOR: &str = "command line";

/// How long a withdrawn token may still be taken for good.
const REMEMBERED: Duration = Duration::from_secs(30);
const MAX_REMEMBERED: u64 = 10_000;

const CODE_LIFE: TimeDelta = TimeDelta::minutes(15);
pub(super) const SESSION_LIFE: TimeDelta = TimeDelta::hours(12);

/// Knows who may come in. Clones are cheap and share what they remember.
#[derive(Clone)]
pub struct AccessControl {
    pub(super) shared: Arc<Shared>,
}

/// Behind one pointer, because every request clones it.
pub(super) struct Shared {
    pub(super) catalog: Catalog,
    front: FrontDoor,
    /// Whose the installation is, where a process serves several.
    tenant: Option<TenantName>,
    /// Tokens found in the catalog a moment ago, so that a tile does not wait for it. What has
    /// ended leaves this memory, but a little later.
    known: Cache<Sha256Digest, Known>,
}

#[derive(Clone)]
struct Known {
    token: Arc<TokenRow>,
    /// When the catalog has to be asked again.
    end: Instant,
}

impl AccessControl {
    /// By tokens and login links alone.
    pub fn new(catalog: Catalog, transport: Transport) -> Self {
        Self::ruled(catalog, transport, AccessRules::default())
    }

    pub fn ruled(catalog: Catalog, transport: Transport, rules: AccessRules) -> Self {
        Self::behind(FrontDoor::new(transport, rules), catalog, None)
    }

    /// Of one of those installations that a process serves, if `tenant` is named.
    pub fn behind(front: FrontDoor, catalog: Catalog, tenant: Option<TenantName>) -> Self {
        let known = Cache::builder()
            .max_capacity(MAX_REMEMBERED)
            .time_to_live(REMEMBERED)
            .build();
        let shared = Shared {
            catalog,
            front,
            tenant,
            known,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Makes a bearer token without expiry. `name` will stand in the audit trail.
    pub async fn issue_token(&self, name: &str, roles: &[Role]) -> Result<Secret, CatalogError> {
        self.audit(OPERATOR, AuditAction::TokenAdded, name, roles)
            .await?;
        self.add(TokenKind::Bearer, name, roles, None).await
    }

    /// Makes a key that signs, without expiry: its id, and its secret, which is kept nowhere.
    pub async fn issue_signing_key(
        &self,
        name: &str,
        roles: &[Role],
        secret: &SigningSecret,
    ) -> Result<(Secret, String), CatalogError> {
        self.audit(OPERATOR, AuditAction::TokenAdded, name, roles)
            .await?;
        let id = self.add(TokenKind::Signing, name, roles, None).await?;
        let secret_access_key = secret.secret_access_key(id.reveal());
        Ok((id, secret_access_key))
    }

    /// Forgets a bearer token, or a key that signs.
    pub async fn withdraw_token(&self, token: &TokenRow) -> Result<(), CatalogError> {
        let (name, roles) = (&token.name, &token.roles);
        self.audit(OPERATOR, AuditAction::TokenRemoved, name, roles)
            .await?;
        self.shared.catalog.remove_token(&token.hash).await
    }

    /// Makes a code for `/login?code=...`, good once and for a quarter of an hour.
    pub async fn issue_login_code(
        &self,
        name: &str,
        roles: &[Role],
    ) -> Result<Secret, CatalogError> {
        self.audit(OPERATOR, AuditAction::LoginLinkMade, name, roles)
            .await?;
        self.add(TokenKind::LoginCode, name, roles, Some(CODE_LIFE))
            .await
    }

    pub(crate) fn front(&self) -> &FrontDoor {
        &self.shared.front
    }

    /// 401 for whom the provider calls another tenant's, or nobody's, where this is a tenant's.
    pub(super) fn ensure_ours(&self, subject: &Subject) -> Result<(), ApiError> {
        let ours = self.shared.tenant.as_ref();
        match ours.is_none_or(|ours| subject.tenant.as_deref() == Some(ours.as_str())) {
            true => Ok(()),
            false => Err(unknown_token()),
        }
    }

    /// Looks the token up, where it was seen a moment ago without asking anybody.
    pub(crate) async fn grant(
        &self,
        kind: TokenKind,
        hash: Sha256Digest,
        presented: &str,
    ) -> Result<Access, ApiError> {
        let known = match self.known(&hash, Instant::now()) {
            Some(known) => known,
            None => self.look_up(kind, hash, presented).await?,
        };
        known
            .is_good(kind)
            .then(|| Access::new(known.token))
            .ok_or_else(unknown_token)
    }

    /// Until when the token may be taken for good, whatever it asks for; `None` where the catalog would
    /// have to be asked, or what it asks for be looked at.
    pub(crate) fn good_until(
        &self,
        kind: TokenKind,
        hash: &Sha256Digest,
        now: Instant,
    ) -> Option<Instant> {
        let known = self.known(hash, now)?;
        let is_good = known.is_good(kind) && known.reads_all();
        is_good.then(|| known.good_until(now))
    }

    fn known(&self, hash: &Sha256Digest, now: Instant) -> Option<Known> {
        let known = self.shared.known.get(hash);
        known.filter(|known| now < known.end)
    }

    /// Only tokens there are get remembered: guesses must not fill the memory.
    async fn look_up(
        &self,
        kind: TokenKind,
        hash: Sha256Digest,
        presented: &str,
    ) -> Result<Known, ApiError> {
        let end = Instant::now() + REMEMBERED;
        let found = match self.sent_by_provider(kind, hash, presented).await? {
            Some(machine) => Some(machine),
            None => self.shared.catalog.token_by_hash(&hash).await?,
        };
        let token = Arc::new(found.ok_or_else(unknown_token)?);
        let known = Known { token, end };
        self.shared.known.insert(hash, known.clone());
        Ok(known)
    }

    /// Turns a login code into a session; `None` where the code is wrong, too old or used.
    pub(super) async fn begin_session(&self, code: &str) -> Result<Option<Secret>, CatalogError> {
        let now = Utc::now();
        self.shared.catalog.remove_expired_tokens(now).await?;
        let hash = secret::hash(code);
        let Some(code) = self.shared.catalog.take_login_code(&hash, now).await? else {
            return Ok(None);
        };
        let (name, roles) = (code.name, code.roles);
        let session = self.add_session(&name, &roles).await?;
        self.audit(&name, AuditAction::LoggedIn, &name, &roles)
            .await?;
        Ok(Some(session))
    }

    pub(super) async fn add_session(
        &self,
        name: &str,
        roles: &[Role],
    ) -> Result<Secret, CatalogError> {
        let life = Some(SESSION_LIFE);
        self.add(TokenKind::Session, name, roles, life).await
    }

    /// Ends a session here at once; other processes may take it for half a minute more.
    pub(super) async fn end_session(&self, access: &Access) -> Result<(), CatalogError> {
        let (name, roles) = (access.name(), access.roles());
        self.audit(name, AuditAction::LoggedOut, name, roles)
            .await?;
        self.shared.catalog.remove_token(access.hash()).await?;
        self.shared.known.invalidate(access.hash());
        Ok(())
    }

    async fn add(
        &self,
        kind: TokenKind,
        name: &str,
        roles: &[Role],
        life: Option<TimeDelta>,
    ) -> Result<Secret, CatalogError> {
        let secret = Secret::random_of(self.shared.tenant.as_ref());
        let token = NewToken {
            kind,
            name: name.to_owned(),
            hash: secret.hash(),
            roles: roles.to_owned(),
            slide: None,
            expires_at: life.map(|life| Utc::now() + life),
        };
        self.shared.catalog.add_token(token).await?;
        Ok(secret)
    }

    /// Before it is done: there is no token that is not on record.
    async fn audit(
        &self,
        actor: &str,
        action: AuditAction,
        name: &str,
        roles: &[Role],
    ) -> Result<(), CatalogError> {
        let event = AuditEvent {
            actor: actor.to_owned(),
            action,
            slide: None,
            detail: json!({ "name": name, "roles": roles }),
        };
        self.shared.catalog.audit(event).await
    }
}

impl Known {
    /// A job's token comes as a bearer's does.
    fn is_good(&self, kind: TokenKind) -> bool {
        let expiry = self.token.expires_at;
        let is_kind = match self.token.kind {
            TokenKind::Job => kind == TokenKind::Bearer,
            mine => mine == kind,
        };
        is_kind && expiry.is_none_or(|expiry| expiry > Utc::now())
    }

    /// What is in memory is given to whoever may read all of it.
    fn reads_all(&self) -> bool {
        !matches!(self.token.kind, TokenKind::Job | TokenKind::Signing)
    }

    fn good_until(&self, now: Instant) -> Instant {
        let life = self.token.expires_at.map(|expiry| expiry - Utc::now());
        match life.map(|life| life.to_std().unwrap_or_default()) {
            Some(life) => self.end.min(now + life),
            None => self.end,
        }
    }
}

pub(crate) fn unknown_token() -> ApiError {
    ApiError::unauthorized("the access token is not valid, or no longer: ask for a new one")
}
