//! Who may come in, and how often.

use anyhow::{Result, ensure};
use clap::Args;
use http::{AccessRules, Transport};

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
    pub(crate) const fn transport(&self) -> Transport {
        self.transport.transport()
    }

    /// # Errors
    /// If what is said of the OpenID provider makes no sense.
    pub(crate) fn rules(&self) -> Result<AccessRules> {
        let scheme = match self.transport() {
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
        Ok(AccessRules {
            openid: self.oidc.openid()?,
            limits: self.limits.rules(),
        })
    }
}
