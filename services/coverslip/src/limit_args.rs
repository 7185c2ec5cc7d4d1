//! How often somebody may ask, and be wrong.

use std::num::NonZeroU32;

use clap::Args;
use egress::IpNet;
use http::{LimitRules, Rate};

#[derive(Clone, Debug, Args)]
pub(crate) struct LimitArgs {
    /// Wrong tokens, sessions and codes a minute from one address, before the answer is 429; 0 is
    /// without a limit. A good credential is never refused for it.
    #[arg(
        long,
        env = "COVERSLIP_MOST_FAILED_LOGINS",
        value_name = "A_MINUTE",
        default_value_t = 60
    )]
    most_failed_logins: u32,
    /// Requests a second with one token or session, ten seconds' worth at once, before the answer is
    /// 429; 0 is without a limit. Each process counts for itself.
    #[arg(
        long,
        env = "COVERSLIP_MOST_REQUESTS",
        value_name = "A_SECOND",
        default_value_t = 0
    )]
    most_requests: u32,
    /// Networks of proxies whose X-Forwarded-For says who is behind them, as 10.20.0.0/16; several
    /// after commas. Without them an address is that of the connection.
    #[arg(
        long,
        env = "COVERSLIP_TRUSTED_PROXY",
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    trusted_proxy: Vec<IpNet>,
}

impl LimitArgs {
    pub(crate) fn rules(&self) -> LimitRules {
        LimitRules {
            failures: NonZeroU32::new(self.most_failed_logins).map(Rate::per_minute),
            requests: NonZeroU32::new(self.most_requests).map(Rate::per_second),
            trusted_proxies: self.trusted_proxy.clone(),
        }
    }
}
