use std::error::Error;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

use super::{Egress, Wire};

/// Finds the addresses of a name, those alone that may be connected to. The connection is made to
/// one of these and to no other, so a name that changes its address meanwhile gains nothing.
pub(crate) struct Resolver {
    pub(crate) egress: Egress,
    pub(crate) wire: Wire,
}

/// There is no address among those of the name that may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("the receiver's address is not one that may be reached")]
pub(crate) struct Forbidden;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(permitted(self.egress.clone(), self.wire, name))
    }
}

async fn permitted(
    egress: Egress,
    wire: Wire,
    name: Name,
) -> Result<Addrs, Box<dyn Error + Send + Sync>> {
    let found = lookup_host((name.as_str(), 0)).await?;
    let permitted: Vec<SocketAddr> = found
        .filter(|address| egress.permits(wire, address.ip()))
        .collect();
    match permitted.is_empty() {
        true => Err(Forbidden.into()),
        false => Ok(Box::new(permitted.into_iter())),
    }
}
