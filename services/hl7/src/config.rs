use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reading::ResearchResults;
use rustls::{ClientConfig, ServerConfig};

/// Who may order, and what one listener puts up with.
#[derive(Clone, Debug)]
pub struct ListenConfig {
    pub peers: Peers,
    /// Without it messages come as they are.
    pub tls: Option<Arc<ServerConfig>>,
    /// Largest message, in bytes.
    pub most_bytes: usize,
    /// How long a message may take from its first byte to its last, and an answer to be taken.
    pub patience: Duration,
    /// How long a connection may say nothing between two messages.
    pub quiet: Duration,
    pub most_connections: usize,
}

/// From where connections are taken: MLLP knows no tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peers {
    /// This machine alone.
    Loopback,
    Networks(Vec<IpNet>),
    /// Whoever shows a certificate.
    Certified,
}

impl ListenConfig {
    pub const fn new(peers: Peers) -> Self {
        Self {
            peers,
            tls: None,
            most_bytes: 1024 * 1024,
            patience: Duration::from_secs(60),
            quiet: Duration::from_secs(3_600),
            most_connections: 32,
        }
    }
}

impl Peers {
    pub(crate) fn include(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Self::Loopback => address.is_loopback(),
            Self::Networks(networks) => networks.iter().any(|known| known.contains(&address)),
            Self::Certified => true,
        }
    }
}

/// Where results go, and how.
#[derive(Clone, Debug)]
pub struct SendConfig {
    pub receiver: Receiver,
    /// Without it messages go as they are.
    pub tls: Option<Arc<ClientConfig>>,
    pub reported: Reported,
    pub research: ResearchResults,
    /// How long the receiver may take to connect, and then to answer.
    pub patience: Duration,
    /// How often it is looked whether a message is due.
    pub look: Duration,
    /// How long what nobody signed waits for more of its case.
    pub gather: Duration,
    /// How long to wait for a receiver that is away.
    pub away: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// `HOST:PORT`
    pub address: String,
    /// Its name, as MSH-5 and MSH-6 have it; empty where it wants none.
    pub application: String,
    pub facility: String,
}

/// Which results are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reported {
    /// What nobody signed as well, marked.
    All,
    Signed,
}

impl SendConfig {
    pub const fn new(receiver: Receiver) -> Self {
        Self {
            receiver,
            tls: None,
            reported: Reported::All,
            research: ResearchResults::Withheld,
            patience: Duration::from_secs(30),
            look: Duration::from_secs(1),
            gather: Duration::from_secs(10),
            away: Duration::from_secs(15),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_known_by_their_address_however_it_is_written() {
        let [home, lab, other] = ["127.0.0.1", "::ffff:10.20.3.4", "10.21.0.1"]
            .map(|text| text.parse::<IpAddr>().expect("an address"));
        assert!(Peers::Loopback.include(home) && !Peers::Loopback.include(lab));
        let networks = Peers::Networks(vec!["10.20.0.0/16".parse().expect("a network")]);
        assert!(networks.include(lab));
        assert!(!networks.include(other) && !networks.include(home));
        assert!(Peers::Certified.include(other));
    }
}
