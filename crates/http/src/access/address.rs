use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, Request};
use ipnet::IpNet;

static FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Who is at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(IpAddr);

/// Whose requests count as one's: an address of IPv4, or a network of IPv6, of which everybody has
/// 2^64 addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ClientAddress(IpAddr);

impl Peer {
    pub(crate) fn of(address: SocketAddr) -> Self {
        Self(address.ip().to_canonical())
    }
}

impl ClientAddress {
    /// The connection's other end, unless that is a proxy that is trusted to say who is behind it.
    pub(super) fn of<B>(request: &Request<B>, proxies: &[IpNet]) -> Self {
        let peer = request.extensions().get::<Peer>();
        let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |Peer(address)| *address);
        Self::network(client_behind(peer, request.headers(), proxies))
    }

    fn network(address: IpAddr) -> Self {
        Self(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(address) => {
                let network = address.to_bits() & (u128::MAX << 64);
                IpAddr::V6(Ipv6Addr::from_bits(network))
            }
        })
    }
}

/// Each proxy adds at the end from whom it has the request, so the last one that no proxy of ours
/// has is the client; what stands before that anybody may have written.
fn client_behind(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let is_proxy = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    let mut client = peer;
    let values: Vec<&str> = headers
        .get_all(&FORWARDED_FOR)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let mut hops = values.iter().rev().flat_map(|value| value.rsplit(','));
    while is_proxy(&client) {
        let hop = hops
            .next()
            .and_then(|hop| hop.trim().parse::<IpAddr>().ok());
        let Some(hop) = hop else { break };
        client = hop.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&'static str]) -> String {
        let mut request = Request::new(());
        for value in forwarded {
            let value = axum::http::HeaderValue::from_static(value);
            request.headers_mut().append(&FORWARDED_FOR, value);
        }
        let peer: IpAddr = peer.parse().expect(peer);
        request.extensions_mut().insert(Peer::of((peer, 1).into()));
        let proxies = ["10.0.0.0/8", "fd00::/8"].map(|net| net.parse().expect(net));
        ClientAddress::of(&request, &proxies).0.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_says_who_is_behind_it() {
        assert_eq!(client("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(client("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn what_a_client_writes_before_the_proxy_does_not_count() {
        let chain = ["203.0.113.9, 198.51.100.7, 10.9.9.9"];
        assert_eq!(client("10.0.0.1", &chain), "198.51.100.7");
        assert_eq!(
            client("10.0.0.1", &["203.0.113.9", "198.51.100.7"]),
            "198.51.100.7"
        );
        assert_eq!(client("10.0.0.1", &["198.51.100.7, nobody"]), "10.0.0.1");
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        assert_eq!(client("2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
        assert_eq!(client("fd00::1", &["2001:db8::1"]), "2001:db8::");
    }
}
