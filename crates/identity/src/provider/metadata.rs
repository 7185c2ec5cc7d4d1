use serde::Deserialize;
use url::Url;

use super::ProviderError;
use crate::Issuer;
use crate::issuer::is_private;

/// What a provider says of itself (OpenID Connect Discovery, 3), as far as it matters here.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Metadata {
    issuer: String,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    jwks_uri: Option<String>,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// RFC 9207.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    pub(super) fn parse(bytes: &[u8], issuer: &Issuer) -> Result<Self, ProviderError> {
        let metadata: Self = serde_json::from_slice(bytes).map_err(ProviderError::Description)?;
        match metadata.issuer == issuer.as_str() {
            true => Ok(metadata),
            false => Err(ProviderError::OtherIssuer),
        }
    }

    pub(super) fn authorization(&self) -> Result<Url, ProviderError> {
        private(self.authorization_endpoint.as_deref(), "login page")
    }

    pub(super) fn token(&self) -> Result<Url, ProviderError> {
        private(self.token_endpoint.as_deref(), "token endpoint")
    }

    pub(super) fn keys(&self) -> Result<Url, ProviderError> {
        private(self.jwks_uri.as_deref(), "set of keys")
    }

    pub(super) fn end_session(&self) -> Option<Url> {
        private(self.end_session_endpoint.as_deref(), "logout page").ok()
    }

    /// Basic authentication is what there is where nothing is said (Discovery, 3).
    pub(super) fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_deref();
        methods.is_none_or(|all| all.iter().any(|one| one == "client_secret_basic"))
    }

    /// Whether `answering`, which came with a code, is this provider.
    pub(super) fn answers_as(&self, answering: Option<&str>) -> bool {
        match answering {
            Some(issuer) => issuer == self.issuer,
            None => !self.authorization_response_iss_parameter_supported,
        }
    }
}

fn private(url: Option<&str>, what: &'static str) -> Result<Url, ProviderError> {
    let url = url.and_then(|url| Url::parse(url).ok());
    let url = url.filter(is_private);
    url.ok_or(ProviderError::NoEndpoint(what))
}
