//! A server that believes an OpenID provider.

use std::error::Error;

use axum::body::Body;
use axum::http::Response;
use chrono::Utc;
use coverslip_http::{AccessRules, LimitRules, OpenId, Role, RoleMapping, Transport};
use identity::{ClaimPath, Client, ClientSecret, Provider, ProviderConfig, Refresh};
use serde_json::{Value, json};
use servers::{CLIENT, CLIENT_SECRET, OpenIdProvider};
use url::Url;

use crate::server::{Server, header};

pub(crate) const AUDIENCE: &str = "coverslip-api";

pub(crate) struct Provided {
    pub(crate) provider: OpenIdProvider,
    pub(crate) server: Server,
}

/// The provider, whose claim of this name tells tenants apart.
pub(crate) fn believed(
    provider: &OpenIdProvider,
    tenant: Option<ClaimPath>,
) -> Result<OpenId, Box<dyn Error>> {
    let client = Client {
        id: CLIENT.to_owned(),
        secret: Some(ClientSecret::new(CLIENT_SECRET)),
        redirect: "https://slides.example/auth/callback".parse()?,
        logged_out: "https://slides.example/".parse()?,
        scopes: Vec::new(),
    };
    let config = ProviderConfig {
        issuer: provider.issuer.parse()?,
        tenant,
        groups: "realm_access.roles".parse()?,
        audience: Some(AUDIENCE.to_owned()),
        client: Some(client),
        refresh: Refresh::default(),
    };
    let groups = [(Role::Pathologist, "readers"), (Role::Scanner, "scanners")];
    Ok(OpenId {
        provider: Provider::new(config)?,
        roles: RoleMapping::new(groups.map(|(role, group)| (role, group.to_owned()))),
    })
}

/// What the provider says of somebody in `groups`.
pub(crate) fn claims(provider: &OpenIdProvider, audience: &str, groups: &[&str]) -> Value {
    let now = Utc::now().timestamp();
    json!({
        "iss": provider.issuer,
        "aud": audience,
        "sub": "7f3a",
        "iat": now,
        "exp": now + 300,
        "preferred_username": "gram",
        "realm_access": {"roles": groups},
    })
}

/// What somebody in front of a browser has after the provider's page.
pub(crate) struct Returning {
    pub(crate) cookie: String,
    /// With what the provider sent them back with.
    pub(crate) address: String,
}

impl Provided {
    pub(crate) async fn start(transport: Transport) -> Result<Self, Box<dyn Error>> {
        Self::limited(transport, LimitRules::default()).await
    }

    /// What somebody who sends this as `Authorization` is told.
    pub(crate) async fn whoami(
        &self,
        authorization: &str,
    ) -> Result<Response<Body>, Box<dyn Error>> {
        let headers = [("authorization", authorization)];
        self.server.ask("GET", "/whoami", &headers).await
    }

    pub(crate) async fn limited(
        transport: Transport,
        limits: LimitRules,
    ) -> Result<Self, Box<dyn Error>> {
        let provider = OpenIdProvider::start().await?;
        let rules = AccessRules {
            openid: Some(believed(&provider, None)?),
            limits,
        };
        let server = Server::ruled(transport, rules).await?;
        Ok(Self { provider, server })
    }

    /// What the provider says of somebody in `groups`.
    pub(crate) fn claims(&self, audience: &str, groups: &[&str]) -> Value {
        claims(&self.provider, audience, groups)
    }

    /// An `Authorization` value with an access token of a machine.
    pub(crate) fn machine(&self, groups: &[&str]) -> Result<String, Box<dyn Error>> {
        let mut claims = self.claims(AUDIENCE, groups);
        claims["client_id"] = json!("scanner-2");
        claims["jti"] = json!("t-1");
        Ok(format!(
            "Bearer {}",
            self.provider.key.token("at+jwt", &claims)?
        ))
    }

    /// Begins at `start`, and logs in at the provider as somebody in `groups`.
    pub(crate) async fn log_in(
        &self,
        start: &str,
        groups: &[&str],
    ) -> Result<Returning, Box<dyn Error>> {
        let away = self.server.ask("GET", start, &[]).await?;
        assert_eq!(away.status(), 303);
        let url: Url = header(&away, "location").parse()?;
        let cookie = header(&away, "set-cookie").split(';').next();
        let back = self.provider.log_in(&url, |nonce| {
            let mut claims = self.claims(CLIENT, groups);
            claims["nonce"] = json!(nonce);
            self.provider.key.token("JWT", &claims)
        })?;
        Ok(Returning {
            cookie: cookie.unwrap_or_default().to_owned(),
            address: format!("/auth/callback?{back}"),
        })
    }
}
