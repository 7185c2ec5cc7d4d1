//! A provider, and us who believe it.

use std::error::Error;
use std::time::Duration;

use chrono::Utc;
use coverslip_identity::{
    Attempt, Client, ClientSecret, LocalPath, Provider, ProviderConfig, Refresh, Refusal,
    SignInError, Subject, TokenError,
};
use serde_json::{Value, json};
use servers::{CLIENT, CLIENT_SECRET, KeyKind, OpenIdProvider, SigningKey};

pub(crate) type TestResult = Result<(), Box<dyn Error>>;

pub(crate) const AUDIENCE: &str = "coverslip-api";

pub(crate) struct Lab {
    pub(crate) provider: OpenIdProvider,
    pub(crate) p256: SigningKey,
    pub(crate) ed25519: SigningKey,
    pub(crate) ours: Provider,
}

impl Lab {
    /// With a key of each kind, and with a pause that no test outlasts.
    pub(crate) async fn open() -> Result<Self, Box<dyn Error>> {
        Self::refreshing(Refresh::default()).await
    }

    pub(crate) async fn refreshing(refresh: Refresh) -> Result<Self, Box<dyn Error>> {
        let provider = OpenIdProvider::start().await?;
        let lab = Self {
            p256: SigningKey::new(KeyKind::P256, "second")?,
            ed25519: SigningKey::new(KeyKind::Ed25519, "third")?,
            ours: Provider::new(config(&provider, CLIENT_SECRET, refresh)?)?,
            provider,
        };
        let keys = [lab.provider.key.jwk(), lab.p256.jwk(), lab.ed25519.jwk()];
        lab.provider.publish(&keys);
        Ok(lab)
    }

    /// What a good access token says.
    pub(crate) fn claims(&self) -> Value {
        let now = Utc::now().timestamp();
        json!({
            "iss": self.provider.issuer,
            "aud": AUDIENCE,
            "sub": "service-account-7",
            "client_id": "scanner-2",
            "jti": "t-1",
            "iat": now - 5,
            "exp": now + 300,
            "groups": ["scanners"],
        })
    }

    /// What a good ID token says.
    pub(crate) fn person(&self, nonce: &str) -> Value {
        let now = Utc::now().timestamp();
        json!({
            "iss": self.provider.issuer,
            "aud": CLIENT,
            "sub": "7f3a",
            "nonce": nonce,
            "iat": now - 1,
            "exp": now + 300,
            "preferred_username": "gram",
            "name": "Dr. Gram",
            "groups": ["readers"],
        })
    }

    pub(crate) async fn machine(&self, token: &str) -> Result<Subject, TokenError> {
        let asked = self.ours.machine(token, Utc::now()).await;
        asked.expect("an audience was given")
    }

    /// Why an access token is refused.
    pub(crate) async fn refusal(&self, token: &str) -> Option<Refusal> {
        match self.machine(token).await {
            Ok(_) => None,
            Err(TokenError::Refused(refusal)) => Some(refusal),
            Err(TokenError::Provider(error)) => unreachable!("the provider is there: {error}"),
        }
    }

    /// Somebody's way to the provider, where `id_token` is made, and back.
    pub(crate) async fn log_in(
        &self,
        id_token: impl FnOnce(&str) -> anyhow::Result<String>,
    ) -> Result<Result<Subject, SignInError>, Box<dyn Error>> {
        let attempt = begin()?;
        let url = self.ours.authorization_url(&attempt).await?;
        let back = self.provider.log_in(&url, id_token)?;
        let code = code(&back)?;
        Ok(self.ours.redeem(&attempt, &code, None).await)
    }
}

pub(crate) fn begin() -> Result<Attempt, Box<dyn Error>> {
    let attempt = Attempt::begin(LocalPath::root(), Utc::now());
    Ok(attempt.ok_or("no random numbers")?)
}

/// In the query that a browser comes back with.
pub(crate) fn code(back: &str) -> Result<String, Box<dyn Error>> {
    let code = back.split('&').find_map(|pair| pair.strip_prefix("code="));
    Ok(code.ok_or("no code")?.to_owned())
}

pub(crate) fn config(
    provider: &OpenIdProvider,
    secret: &str,
    refresh: Refresh,
) -> Result<ProviderConfig, Box<dyn Error>> {
    Ok(ProviderConfig {
        issuer: provider.issuer.parse()?,
        tenant: None,
        groups: "groups".parse()?,
        audience: Some(AUDIENCE.to_owned()),
        client: Some(Client {
            id: CLIENT.to_owned(),
            secret: Some(ClientSecret::new(secret)),
            redirect: "https://slides.example/auth/callback".parse()?,
            logged_out: "https://slides.example/".parse()?,
            scopes: vec!["groups".to_owned()],
        }),
        refresh,
    })
}

/// With pauses short enough to wait for.
pub(crate) fn impatient() -> Refresh {
    Refresh {
        every: Duration::from_secs(3600),
        pause: PAUSE,
    }
}

pub(crate) const PAUSE: Duration = Duration::from_millis(400);
