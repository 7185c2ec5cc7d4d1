//! Who may come in, and how often.

use anyhow::{Result, ensure};
use clap::Args;
use http::{AccessRules, FrontDoor, Transport};

use crate::installation::Tenancy;
use crate::limit_args::LimitArgs;
use crate::listening::TransportArgs;
use crate::oidc_args::OidcArgs;

/// The same for all parts of an installation.
#[derive(Clone, Debug, Args)]
pub(crate) struct AccessArgs {
    #[command(flatten)]
    transport: TransportArgs,
    #[command(flatten)]
    oidc: OidcArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

impl AccessArgs {
    /// # Errors
    /// If what is said of the OpenID provider makes no sense.
    pub(crate) fn front_door(&self, tenancy: Tenancy) -> Result<FrontDoor> {
        let transport = self.transport.transport();
        let scheme = match transport {
            Transport::Http => "http",
            Transport::Https => "https",
        };
        ensure!(
            self.oidc
                .public_scheme()
                .is_none_or(|public| public == scheme),
            "--public-url is not {scheme}, but --transport is: browsers would not keep the cookie, or \
             send it without TLS"
        );
        let rules = AccessRules {
            openid: self.oidc.openid(tenancy)?,
            limits: self.limits.rules(),
        };
        Ok(FrontDoor::new(transport, rules))
    }
}
