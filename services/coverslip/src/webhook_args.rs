//! Where webhooks may lead.

use clap::Args;
use egress::{Egress, IpNet};
use webhooks::WebhooksConfig;

#[derive(Clone, Debug, Args)]
pub(crate) struct WebhookArgs {
    /// Networks of your own that webhooks may lead to, as 10.20.0.0/16, with TLS or without; several
    /// after commas. All others must be on the public internet and have TLS.
    #[arg(
        long,
        env = "COVERSLIP_WEBHOOK_ALLOW",
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    webhook_allow: Vec<IpNet>,
}

impl WebhookArgs {
    pub(crate) fn config(&self) -> WebhooksConfig {
        let networks = self.webhook_allow.iter().copied();
        WebhooksConfig::new(Egress::allowing("--webhook-allow", networks))
    }
}
