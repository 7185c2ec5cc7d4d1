use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::public::is_public;

/// Which addresses may be connected to: public ones over TLS, and those of the networks that were
/// allowed, over TLS or without.
#[derive(Clone, Debug)]
pub struct Egress {
    allowed: Arc<[IpNet]>,
    /// What an operator allows networks by, for messages: `--webhook-allow`.
    option: &'static str,
}

/// How a receiver is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    Tls,
    Plain,
}

impl Egress {
    /// Public addresses, and these networks: a hospital's own systems, say. `option` is what an
    /// operator allows them by.
    pub fn allowing(option: &'static str, networks: impl IntoIterator<Item = IpNet>) -> Self {
        Self {
            allowed: networks.into_iter().collect(),
            option,
        }
    }

    pub(crate) const fn option(&self) -> &'static str {
        self.option
    }

    pub(crate) fn permits(&self, wire: Wire, address: IpAddr) -> bool {
        // ::ffff:10.0.0.1 is 10.0.0.1 to whoever connects to it.
        let address = address.to_canonical();
        let is_allowed = self
            .allowed
            .iter()
            .any(|network| network.contains(&address));
        is_allowed || (wire == Wire::Tls && is_public(address))
    }

    /// Whether anything may be reached without TLS.
    pub(crate) fn knows_plain(&self) -> bool {
        !self.allowed.is_empty()
    }
}
