//! The OpenID provider of the house.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Result, ensure};
use clap::Args;
use http::{OpenId, Role, RoleMapping};
use identity::{ClaimPath, Client, ClientSecret, Issuer, Provider, ProviderConfig, Refresh};
use url::Url;

use crate::files;
use crate::installation::Tenancy;

/// Needed by every part: issuer, audience, claim and roles. Needed by those alone that people sign in
/// at: the client and where browsers reach it.
#[derive(Clone, Debug, Args)]
pub(crate) struct OidcArgs {
    /// The OpenID provider that people sign in through and that gives machines their tokens, as
    /// https://HOST/PATH: to the letter as it calls itself.
    #[arg(long, env = "COVERSLIP_OIDC_ISSUER", value_name = "URL")]
    oidc_issuer: Option<Issuer>,
    /// What the provider's access tokens must be for; without it machines need tokens of
    /// `coverslip token`.
    #[arg(
        long,
        env = "COVERSLIP_OIDC_AUDIENCE",
        value_name = "NAME",
        requires = "oidc_issuer"
    )]
    oidc_audience: Option<String>,
    /// The claim that has somebody's groups, as `groups` or `realm_access.roles`.
    #[arg(
        long,
        env = "COVERSLIP_OIDC_ROLE_CLAIM",
        value_name = "CLAIM",
        default_value = "groups"
    )]
    oidc_role_claim: ClaimPath,
    /// The claim that has the tenant somebody is of, as `organization`, where there are tenants.
    #[arg(
        long,
        env = "COVERSLIP_OIDC_TENANT_CLAIM",
        value_name = "CLAIM",
        requires = "oidc_issuer"
    )]
    oidc_tenant_claim: Option<ClaimPath>,
    /// Which role a group has, as pathologist=GROUP; several after commas, or given again. Who is in
    /// none of them does not get in.
    #[arg(
        long,
        env = "COVERSLIP_OIDC_ROLE",
        value_name = "ROLE=GROUP",
        value_delimiter = ',',
        requires = "oidc_issuer"
    )]
    oidc_role: Vec<RoleOfGroup>,
    /// As what the provider knows Coverslip; without it nobody signs in through it here.
    #[arg(
        long,
        env = "COVERSLIP_OIDC_CLIENT_ID",
        value_name = "ID",
        requires = "oidc_issuer",
        requires = "public_url"
    )]
    oidc_client_id: Option<String>,
    /// Better given in the environment or in a file: others on the machine can read command lines.
    #[arg(
        long,
        env = "COVERSLIP_OIDC_CLIENT_SECRET",
        hide_env_values = true,
        value_name = "SECRET",
        conflicts_with = "oidc_client_secret_file"
    )]
    oidc_client_secret: Option<ClientSecret>,
    /// A file with the secret on its only line.
    #[arg(long, env = "COVERSLIP_OIDC_CLIENT_SECRET_FILE", value_name = "FILE")]
    oidc_client_secret_file: Option<PathBuf>,
    /// Asked for beside openid and profile, where the provider gives groups for a scope; several after
    /// commas.
    #[arg(
        long,
        env = "COVERSLIP_OIDC_SCOPE",
        value_name = "SCOPE",
        value_delimiter = ','
    )]
    oidc_scope: Vec<String>,
    /// Where browsers reach this, as https://HOST. The provider sends people back to /auth/callback
    /// there, and, once they logged out, to /.
    #[arg(long, env = "COVERSLIP_PUBLIC_URL", value_name = "URL")]
    public_url: Option<Url>,
}

/// `pathologist=GROUP`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct RoleOfGroup {
    role: Role,
    group: String,
}

impl FromStr for RoleOfGroup {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let pair = text.split_once('=').filter(|(_, group)| !group.is_empty());
        let (role, group) = pair.context("give it as ROLE=GROUP")?;
        Ok(Self {
            role: role.parse()?,
            group: group.to_owned(),
        })
    }
}

impl OidcArgs {
    /// `http` or `https`, as browsers write it.
    pub(crate) fn public_scheme(&self) -> Option<&str> {
        self.public_url.as_ref().map(Url::scheme)
    }

    /// `None` without a provider.
    pub(crate) fn openid(&self, tenancy: Tenancy) -> Result<Option<OpenId>> {
        let Some(issuer) = &self.oidc_issuer else {
            return Ok(None);
        };
        match tenancy {
            Tenancy::Tenants => ensure!(
                self.oidc_tenant_claim.is_some(),
                "give --oidc-tenant-claim: without it nobody can tell which tenant those whom the \
                 provider sends are of"
            ),
            Tenancy::Alone => ensure!(
                self.oidc_tenant_claim.is_none(),
                "--oidc-tenant-claim is given, but no --tenant: everybody would see the same slides"
            ),
        }
        ensure!(
            !self.oidc_role.is_empty(),
            "give --oidc-role, as pathologist=GROUP: without it the provider lets nobody in"
        );
        let client = self.client()?;
        let id = client.as_ref().map(|client| &client.id);
        ensure!(
            id.is_none() || id != self.oidc_audience.as_ref(),
            "--oidc-audience must not be the client's id: an ID token, which says who somebody is, \
             would open what access tokens are for; register the API as one of its own"
        );
        let config = ProviderConfig {
            issuer: issuer.clone(),
            groups: self.oidc_role_claim.clone(),
            tenant: self.oidc_tenant_claim.clone(),
            audience: self.oidc_audience.clone(),
            client,
            refresh: Refresh::default(),
        };
        let pairs = self.oidc_role.iter().cloned();
        Ok(Some(OpenId {
            provider: Provider::new(config).context("cannot speak to the OpenID provider")?,
            roles: RoleMapping::new(pairs.map(|pair| (pair.role, pair.group))),
        }))
    }

    fn client(&self) -> Result<Option<Client>> {
        let Some((id, at)) = self.oidc_client_id.as_ref().zip(self.public_url.as_ref()) else {
            return Ok(None);
        };
        let is_bare = at.path() == "/" && at.query().is_none() && at.fragment().is_none();
        ensure!(
            is_bare && matches!(at.scheme(), "http" | "https") && at.has_host(),
            "--public-url is no https://HOST: the viewer is at the root of a host"
        );
        Ok(Some(Client {
            id: id.clone(),
            secret: self.secret()?,
            redirect: at.join("auth/callback")?,
            logged_out: at.clone(),
            scopes: self.oidc_scope.clone(),
        }))
    }

    fn secret(&self) -> Result<Option<ClientSecret>> {
        let Some(file) = &self.oidc_client_secret_file else {
            return Ok(self.oidc_client_secret.clone());
        };
        let text = files::read_text(file)?;
        let secret = text.trim();
        ensure!(!secret.is_empty(), "{} holds no secret", file.display());
        Ok(Some(ClientSecret::new(secret)))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        oidc: OidcArgs,
    }

    fn openid(words: &str) -> Result<Option<OpenId>> {
        let words = std::iter::once("coverslip").chain(words.split_whitespace());
        Line::try_parse_from(words)?.oidc.openid(Tenancy::Alone)
    }

    const PROVIDER: &str = "--oidc-issuer https://login.example/realms/lab --oidc-role \
                            pathologist=readers,admin=it --oidc-role lis=a=b";

    #[test]
    fn a_provider_is_what_was_said_of_it() -> Result<()> {
        let words = format!(
            "{PROVIDER} --oidc-audience api --oidc-client-id viewer --oidc-client-secret swordfish \
             --public-url https://slides.example"
        );
        let openid = openid(&words)?.context("no provider")?;
        let config = openid.provider.config();
        assert_eq!(config.issuer.as_str(), "https://login.example/realms/lab");
        let client = config.client.as_ref().context("no client")?;
        assert_eq!(
            client.redirect.as_str(),
            "https://slides.example/auth/callback"
        );
        assert!(!format!("{config:?}").contains("swordfish"));
        let roles = format!("{:?}", openid.roles);
        assert!(roles.contains("(Lis, \"a=b\")"), "{roles}");
        assert!(roles.contains("(Admin, \"it\")"), "{roles}");
        Ok(())
    }

    #[test]
    fn a_part_without_the_client_takes_tokens_alone() -> Result<()> {
        let machines =
            openid(&format!("{PROVIDER} --oidc-audience api"))?.context("no provider")?;
        assert!(machines.provider.config().client.is_none());
        assert!(openid("")?.is_none());
        Ok(())
    }

    #[test]
    fn tenants_are_told_apart_by_a_claim_or_not_at_all() -> Result<()> {
        let words = format!("coverslip {PROVIDER} --oidc-tenant-claim organization");
        let line = Line::try_parse_from(words.split_whitespace())?;
        let openid = line.oidc.openid(Tenancy::Tenants)?.context("no provider")?;
        assert!(openid.provider.config().tenant.is_some());
        assert!(line.oidc.openid(Tenancy::Alone).is_err());
        let words = format!("coverslip {PROVIDER}");
        let line = Line::try_parse_from(words.split_whitespace())?;
        assert!(line.oidc.openid(Tenancy::Tenants).is_err());
        Ok(())
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_the_remedy() {
        let client = "--oidc-client-id viewer --public-url https://slides.example";
        for (words, remedy) in [
            (
                "--oidc-issuer https://login.example".to_owned(),
                "--oidc-role",
            ),
            ("--oidc-issuer http://login.example".to_owned(), "https"),
            ("--oidc-audience api".to_owned(), "--oidc-issuer"),
            (
                format!("{PROVIDER} --oidc-client-id viewer"),
                "--public-url",
            ),
            (
                format!("{PROVIDER} {client} --oidc-audience viewer"),
                "must not be",
            ),
            (format!("{PROVIDER} --oidc-role reader=a"), "pathologist"),
            (format!("{PROVIDER} --oidc-role pathologist"), "ROLE=GROUP"),
            (format!("{PROVIDER} {client}/viewer"), "root of a host"),
        ] {
            let refused = openid(&words).err().map(|error| format!("{error:#}"));
            let refused = refused.expect(&words);
            assert!(refused.contains(remedy), "{words}: {refused}");
        }
    }
}
