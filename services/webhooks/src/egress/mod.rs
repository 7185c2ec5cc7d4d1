//! Where messages may go: an address that somebody gave must not lead into our own network.

mod public;
mod resolver;

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use self::public::is_public;
pub(crate) use self::resolver::{Forbidden, Resolver};

/// Which addresses may be connected to: public ones over TLS, and those of the networks that were
/// allowed, over TLS or without.
#[derive(Clone, Debug, Default)]
pub struct Egress {
    allowed: Arc<[IpNet]>,
}

/// How a receiver is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    Tls,
    Plain,
}

impl Egress {
    /// Public addresses, and these networks: a hospital's own systems, say.
    pub fn allowing(networks: impl IntoIterator<Item = IpNet>) -> Self {
        Self {
            allowed: networks.into_iter().collect(),
        }
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
