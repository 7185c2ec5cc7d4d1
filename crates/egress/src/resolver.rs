use std::error::Error;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec::IntoIter;

use hyper_util::client::legacy::connect::dns::Name;
use tokio::net::lookup_host;
use tower_service::Service;

use crate::Egress;
use crate::egress::Wire;

/// Finds the addresses of a name, those alone that may be connected to. The connection is made to
/// one of these and to no other, so a name that changes its address meanwhile gains nothing.
#[derive(Clone, Debug)]
pub(crate) struct Resolver {
    pub(crate) egress: Egress,
    pub(crate) wire: Wire,
}

/// There is no address among those of the name that may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("the receiver's address is not one that may be reached")]
pub(crate) struct Forbidden;

type Found = Result<IntoIter<SocketAddr>, Box<dyn Error + Send + Sync>>;

impl Service<Name> for Resolver {
    type Response = IntoIter<SocketAddr>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Found> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(permitted(self.egress.clone(), self.wire, name))
    }
}

async fn permitted(egress: Egress, wire: Wire, name: Name) -> Found {
    let found = lookup_host((name.as_str(), 0)).await?;
    let permitted: Vec<SocketAddr> = found
        .filter(|address| egress.permits(wire, address.ip()))
        .collect();
    match permitted.is_empty() {
        true => Err(Forbidden.into()),
        false => Ok(permitted.into_iter()),
    }
}
