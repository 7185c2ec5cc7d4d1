//! The provider: what it says of itself, its keys, and what it is asked.

mod code;
mod known;
mod metadata;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;
use tracing::warn;
use url::Url;

use self::known::{Known, Snapshot};
use crate::fetch::Fetch;
use crate::token::{Claims, Compact, machine};
use crate::{Attempt, FetchError, ProviderConfig, Refusal, Subject};

/// An OpenID provider that is believed. It is asked first when somebody needs it, so that a process
/// starts without it. Clones share what they know of it.
#[derive(Clone)]
pub struct Provider {
    shared: Arc<Inner>,
}

struct Inner {
    config: ProviderConfig,
    fetch: Fetch,
    known: Known,
}

/// Why the provider is of no use for now.
#[derive(Debug, Error)]
pub enum ProviderError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("what the provider says of itself cannot be read")]
    Description(#[source] serde_json::Error),
    #[error("the provider calls itself something else than the issuer that was given")]
    OtherIssuer,
    #[error("the provider does not say where its {0} is, or not as https")]
    NoEndpoint(&'static str),
    #[error("the provider did not answer a moment ago")]
    AskedAMomentAgo,
    #[error("no client was given to log people in with")]
    NoClient,
}

/// Why a token opens nothing.
#[derive(Debug, Error)]
pub enum TokenError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

/// Why somebody who came back from the provider is not logged in.
#[derive(Debug, Error)]
pub enum SignInError {
    /// The code is used, too old, or not of this attempt.
    #[error("the provider does not take the code")]
    Code,
    /// Ours is the fault: the client's id or secret.
    #[error("the provider does not take the client's id or secret")]
    Client,
    #[error("the answer is of another provider")]
    OtherProvider,
    #[error("the provider gave no ID token")]
    NoIdToken,
    #[error("the ID token is refused: {0}")]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

impl Provider {
    /// # Errors
    /// If TLS cannot be set up on this machine.
    pub fn new(config: ProviderConfig) -> Result<Self, FetchError> {
        let fetch = Fetch::new()?;
        let known = Known::new(config.refresh);
        let shared = Arc::new(Inner {
            config,
            fetch,
            known,
        });
        Ok(Self { shared })
    }

    pub fn config(&self) -> &ProviderConfig {
        &self.shared.config
    }

    /// Where a browser goes to log in; it comes back to the client's redirect address.
    pub async fn authorization_url(&self, attempt: &Attempt) -> Result<Url, ProviderError> {
        let snapshot = self.snapshot().await?;
        code::authorization_url(self.client()?, &snapshot.metadata, attempt)
    }

    /// Who came back with `code`. `answering` is the `iss` beside it (RFC 9207). The caller has seen
    /// that the attempt is answered by the `state` beside it.
    pub async fn redeem(
        &self,
        attempt: &Attempt,
        code: &str,
        answering: Option<&str>,
    ) -> Result<Subject, SignInError> {
        let client = self.client()?;
        let snapshot = self.snapshot().await?;
        if !snapshot.metadata.answers_as(answering) {
            return Err(SignInError::OtherProvider);
        }
        let redeemed = code::redeem(
            &self.shared.fetch,
            client,
            &snapshot.metadata,
            attempt,
            code,
        );
        let id_token = redeemed.await?;
        let token = Compact::parse(&id_token)?;
        self.verify(&token).await.map_err(|error| match error {
            TokenError::Refused(refusal) => SignInError::Refused(refusal),
            TokenError::Provider(error) => SignInError::Provider(error),
        })?;
        let config = &self.shared.config;
        Ok(code::person(&token, config, client, attempt, Utc::now())?)
    }

    /// Who sends this access token. `None` where none is taken, because no audience was given.
    pub async fn machine(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Option<Result<Subject, TokenError>> {
        let audience = self.shared.config.audience.as_deref()?;
        Some(self.machine_of(token, audience, now).await)
    }

    /// The tenant that a token says it is of, before anything but its form was looked at: where to have
    /// that done, and nothing to be believed.
    pub fn tenant_hint(&self, token: &str) -> Option<String> {
        let config = self.config();
        config.tenant.as_ref()?;
        let claims = Claims::of(&Compact::parse(token).ok()?).ok()?;
        config.tenant_in(&claims)
    }

    /// Where somebody logs out of the provider too; `None` where it has no such place, or does not
    /// answer.
    pub async fn end_session_url(&self) -> Option<Url> {
        let client = self.client().ok()?;
        let snapshot = self.snapshot().await.ok()?;
        code::end_session_url(client, &snapshot.metadata)
    }

    async fn machine_of(
        &self,
        token: &str,
        audience: &str,
        now: DateTime<Utc>,
    ) -> Result<Subject, TokenError> {
        let token = Compact::parse(token)?;
        self.verify(&token).await?;
        Ok(machine(&token, &self.shared.config, audience, now)?)
    }

    /// Whether the provider signed it. A key that is not known may have come since it was asked.
    async fn verify(&self, token: &Compact<'_>) -> Result<(), TokenError> {
        let mut snapshot = self.snapshot().await?;
        if !snapshot.keys.knows(token.key_name()) {
            snapshot = self.newer_than(snapshot).await;
        }
        Ok(snapshot.keys.verify(token)?)
    }

    async fn snapshot(&self) -> Result<Arc<Snapshot>, ProviderError> {
        let Inner { known, .. } = &*self.shared;
        match known.latest() {
            Some(snapshot) if known.is_young(&snapshot) => Ok(snapshot),
            Some(snapshot) => Ok(self.renewed(snapshot).await),
            None => known.first(|| self.ask()).await,
        }
    }

    /// The last good one while the provider does not answer. On a task of its own, for whoever asks
    /// may go away, and would take the answer along.
    async fn renewed(&self, old: Arc<Snapshot>) -> Arc<Snapshot> {
        let ours = self.clone();
        let asking = async move { ours.shared.known.renewed(|| ours.ask()).await };
        told(tokio::spawn(asking).await.ok().flatten(), old)
    }

    async fn newer_than(&self, old: Arc<Snapshot>) -> Arc<Snapshot> {
        let (ours, lacking) = (self.clone(), old.clone());
        let asking = async move {
            let known = &ours.shared.known;
            known.newer_than(&lacking, || ours.ask()).await
        };
        told(tokio::spawn(asking).await.ok().flatten(), old)
    }

    async fn ask(&self) -> Result<Snapshot, ProviderError> {
        let Inner { config, fetch, .. } = &*self.shared;
        Snapshot::fetch(fetch, &config.issuer).await
    }

    fn client(&self) -> Result<&crate::Client, ProviderError> {
        let client = self.shared.config.client.as_ref();
        client.ok_or(ProviderError::NoClient)
    }
}

/// What the provider said, or what it said before.
fn told(asked: Option<Result<Arc<Snapshot>, ProviderError>>, old: Arc<Snapshot>) -> Arc<Snapshot> {
    match asked {
        Some(Ok(new)) => new,
        Some(Err(error)) => {
            warn!(%error, "the OpenID provider does not answer: the keys it had are good on");
            old
        }
        None => old,
    }
}
