//! Where webhooks may lead.

use clap::Args;
use webhooks::{Egress, IpNet, WebhooksConfig};

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
        WebhooksConfig::new(Egress::allowing(self.webhook_allow.iter().copied()))
    }
}
