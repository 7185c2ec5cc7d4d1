//! Those whom an OpenID provider sends.

use catalog::{AuditAction, AuditEvent, Role, TokenKind, TokenRow};
use chrono::Utc;
use flow::Sha256Digest;
use identity::{Attempt, Subject, TokenError};
use serde_json::json;

use super::{AccessControl, Secret, secret};
use crate::ApiError;

impl AccessControl {
    /// The machine that sends an access token of the provider; `None` for what is no such token.
    pub(super) async fn sent_by_provider(
        &self,
        kind: TokenKind,
        hash: Sha256Digest,
        presented: &str,
    ) -> Result<Option<TokenRow>, ApiError> {
        // A secret of ours never has a point in it.
        let is_ours = kind != TokenKind::Bearer || !presented.contains('.');
        let Some(openid) = self.front().openid().filter(|_| !is_ours) else {
            return Ok(None);
        };
        let now = Utc::now();
        let Some(machine) = openid.provider.machine(presented, now).await else {
            return Ok(None);
        };
        let machine = machine.map_err(|error| match error {
            TokenError::Refused(refusal) => {
                ApiError::unauthorized(format!("the access token is refused: {refusal}"))
            }
            TokenError::Provider(away) => ApiError::provider_away(away),
        })?;
        self.ensure_ours(&machine)?;
        Ok(Some(TokenRow {
            slide: None,
            kind,
            name: machine.actor(),
            hash,
            roles: some_role(openid.roles.roles_of(&machine))?,
            created_at: now,
            expires_at: Some(machine.expires_at),
        }))
    }

    /// Begins the session of a person who came back from the provider, once an attempt.
    pub(super) async fn begin_provided_session(
        &self,
        attempt: &Attempt,
        person: &Subject,
        roles: Vec<Role>,
    ) -> Result<Secret, ApiError> {
        self.ensure_ours(person)?;
        let (now, roles) = (Utc::now(), some_role(roles)?);
        let catalog = &self.shared.catalog;
        catalog.remove_expired_tokens(now).await?;
        let spent = secret::hash(&attempt.name());
        // Until it would be too old anyway, whatever clock it began by.
        let is_first = catalog.spend(&spent, now + Attempt::LIFE * 2).await?;
        if !is_first {
            return Err(ApiError::bad_request(
                "you came back by this way before: sign in anew",
            ));
        }
        let name = person.actor();
        let session = self.add_session(&name, &roles).await?;
        let (issuer, subject) = (&person.issuer, &person.id);
        let event = AuditEvent {
            actor: name.clone(),
            action: AuditAction::LoggedIn,
            slide: None,
            detail: json!({
                "name": name, "roles": roles, "issuer": issuer, "subject": subject
            }),
        };
        catalog.audit(event).await?;
        Ok(session)
    }
}

/// 403 for whom the provider knows and we do not.
fn some_role(roles: Vec<Role>) -> Result<Vec<Role>, ApiError> {
    match roles.is_empty() {
        false => Ok(roles),
        true => Err(ApiError::forbidden(
            "the provider knows you, but none of the groups it puts you in has a role here: ask \
             whoever runs this server which group you need",
        )),
    }
}
