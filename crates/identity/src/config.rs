use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use url::Url;

use crate::token::Claims;
use crate::{ClaimPath, Issuer};

/// The provider, and what we are to it.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    pub issuer: Issuer,
    /// Which claim has the groups of people and machines.
    pub groups: ClaimPath,
    /// Which claim has the tenant that somebody is of, where there are several.
    pub tenant: Option<ClaimPath>,
    /// What access tokens must be for; without it none is taken.
    pub audience: Option<String>,
    /// As which people are sent to the provider; without it none is.
    pub client: Option<Client>,
    pub refresh: Refresh,
}

impl ProviderConfig {
    pub(crate) fn tenant_in(&self, claims: &Claims) -> Option<String> {
        self.tenant.as_ref()?.one_text(claims.all())
    }
}

/// What the provider knows us by.
#[derive(Clone, Debug)]
pub struct Client {
    pub id: String,
    /// A client without a secret is known by its redirect address and by PKCE alone.
    pub secret: Option<ClientSecret>,
    /// Where the provider sends people back to, as it is registered there.
    pub redirect: Url,
    /// Where people land who logged out there too.
    pub logged_out: Url,
    /// Asked for beside `openid` and `profile`.
    pub scopes: Vec<String>,
}

/// How long what the provider said of itself and its keys is believed.
#[derive(Clone, Copy, Debug)]
pub struct Refresh {
    /// After that it is asked again; a provider that does not answer is believed on.
    pub every: Duration,
    /// Between two times it is asked because of a key that is not known: tokens that name keys there
    /// never were must not become requests of ours.
    pub pause: Duration,
}

impl Default for Refresh {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(15 * 60),
            pause: Duration::from_secs(30),
        }
    }
}

/// Never printed.
#[derive(Clone)]
pub struct ClientSecret(String);

impl ClientSecret {
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientSecret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text))
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}
