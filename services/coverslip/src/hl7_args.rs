//! How the laboratory's system orders, and is told of results, by HL7 v2.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use flow::TenantName;
use hl7::{
    Certificates, IpNet, ListenConfig, Peers, Receiver, Reported, ResearchResults, SendConfig,
};
use http::FirstReadRule;
use tokio::net::TcpListener;

use crate::installation::{Installation, Served};
use crate::print;

#[derive(Clone, Debug, Args)]
pub(crate) struct Hl7Args {
    /// Take orders by HL7 v2.5.1 (OML^O21) over MLLP here; port 0 takes a free one. MLLP knows no
    /// tokens: an address that others can reach needs --hl7-allow or --hl7-ca-file.
    #[arg(long, env = "COVERSLIP_HL7_LISTEN", value_name = "ADDRESS")]
    hl7_listen: Option<SocketAddr>,
    /// The tenant that is spoken to by HL7, where there are tenants: MLLP does not say whose a message
    /// is.
    #[arg(long, env = "COVERSLIP_HL7_TENANT", value_name = "NAME")]
    hl7_tenant: Option<TenantName>,
    /// Networks that may order, as 10.20.0.0/16 or 10.20.3.4/32; several after commas. This machine
    /// alone if not given.
    #[arg(
        long,
        env = "COVERSLIP_HL7_ALLOW",
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    hl7_allow: Vec<IpNet>,
    /// Send results (ORU^R01) there, as HOST:PORT.
    #[arg(long, env = "COVERSLIP_HL7_SEND", value_name = "HOST:PORT")]
    hl7_send: Option<ReceiverAddress>,
    /// As what the receiver of results knows itself (MSH-5 and MSH-6), as APPLICATION or
    /// APPLICATION^FACILITY.
    #[arg(
        long,
        env = "COVERSLIP_HL7_RECEIVER",
        value_name = "NAME",
        default_value = ""
    )]
    hl7_receiver: String,
    /// Which results are sent: signed ones alone, or all, those that nobody signed marked as
    /// preliminary; of what tasks say, as far as --research-results lets it out. Signed ones alone where --first-read is given.
    #[arg(long, env = "COVERSLIP_HL7_RESULTS", value_enum, default_value_t = SentResults::All)]
    hl7_results: SentResults,
    /// A PEM file with our certificate: whoever orders must speak TLS.
    #[arg(
        long,
        env = "COVERSLIP_HL7_CERTIFICATE_FILE",
        value_name = "FILE",
        requires = "hl7_key_file"
    )]
    hl7_certificate_file: Option<PathBuf>,
    /// A PEM file with the certificate's key.
    #[arg(
        long,
        env = "COVERSLIP_HL7_KEY_FILE",
        value_name = "FILE",
        requires = "hl7_certificate_file"
    )]
    hl7_key_file: Option<PathBuf>,
    /// A PEM file with those who vouch for others: whoever orders must show a certificate of theirs,
    /// and so must the receiver of results, which is then spoken to by TLS.
    #[arg(long, env = "COVERSLIP_HL7_CA_FILE", value_name = "FILE")]
    hl7_ca_file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SentResults {
    All,
    Signed,
}

/// `HOST:PORT`
#[derive(Clone, Debug, PartialEq, Eq)]
struct ReceiverAddress(String);

/// What of HL7 a process does.
pub(crate) struct Hl7 {
    pub(crate) listening: Option<(ListenConfig, TcpListener)>,
    pub(crate) sending: Option<SendConfig>,
}

impl FromStr for ReceiverAddress {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.rsplit_once(':').filter(|(host, _)| !host.is_empty());
        let port = parts.and_then(|(_, port)| port.parse::<u16>().ok());
        ensure!(
            port.is_some_and(|port| port > 0),
            "give it as HOST:PORT, such as lis.example:2575"
        );
        Ok(Self(text.to_owned()))
    }
}

impl Hl7Args {
    /// Whose orders come and whose results go by HL7; `None` where nothing does.
    pub(crate) fn speaker<'s>(&self, served: &'s [Served]) -> Result<Option<&'s Installation>> {
        if self.hl7_listen.is_none() && self.hl7_send.is_none() {
            return Ok(None);
        }
        let meant = served
            .iter()
            .find(|served| served.place.tenant == self.hl7_tenant);
        let meant = meant.with_context(|| match &self.hl7_tenant {
            Some(tenant) => {
                format!("--hl7-tenant {tenant} is none of those that are given with --tenant")
            }
            None => "give --hl7-tenant: MLLP does not say which tenant's a message is".to_owned(),
        })?;
        Ok(Some(&meant.installation))
    }

    /// Listens, and says where, if it was asked for.
    pub(crate) async fn open(&self, rule: FirstReadRule, research: ResearchResults) -> Result<Hl7> {
        let listening = match (self.hl7_listen, self.listen_config()?) {
            (Some(address), Some(config)) => Some((config, listener(address).await?)),
            _ => None,
        };
        let sending = self.send_config(rule, research)?;
        Ok(Hl7 { listening, sending })
    }

    fn listen_config(&self) -> Result<Option<ListenConfig>> {
        let Some(address) = self.hl7_listen else {
            return Ok(None);
        };
        let tls = self.certificates().server()?;
        let are_certified = tls.is_some() && self.hl7_ca_file.is_some();
        let peers = match (self.hl7_allow.is_empty(), are_certified) {
            (false, _) => Peers::Networks(self.hl7_allow.clone()),
            (true, true) => Peers::Certified,
            (true, false) if address.ip().is_loopback() => Peers::Loopback,
            (true, false) => bail!(
                "whoever reaches {address} could order, for MLLP knows no tokens: give --hl7-allow \
                 with the networks that may, or --hl7-certificate-file, --hl7-key-file and \
                 --hl7-ca-file to ask for certificates"
            ),
        };
        let config = ListenConfig::new(peers);
        Ok(Some(ListenConfig { tls, ..config }))
    }

    fn send_config(
        &self,
        rule: FirstReadRule,
        research: ResearchResults,
    ) -> Result<Option<SendConfig>> {
        let Some(ReceiverAddress(address)) = self.hl7_send.clone() else {
            return Ok(None);
        };
        let name = self.hl7_receiver.split_once('^');
        let (application, facility) = name.unwrap_or((&self.hl7_receiver, ""));
        let receiver = Receiver {
            address,
            application: application.to_owned(),
            facility: facility.to_owned(),
        };
        let reported = match (self.hl7_results, rule) {
            (SentResults::All, FirstReadRule::Off) => Reported::All,
            // A reader would see in the laboratory's system what is kept from them here.
            (SentResults::Signed, _) | (_, FirstReadRule::Required) => Reported::Signed,
        };
        let tls = self.certificates().client()?;
        let config = SendConfig::new(receiver);
        Ok(Some(SendConfig {
            tls,
            reported,
            research,
            ..config
        }))
    }

    fn certificates(&self) -> Certificates {
        let own = self.hl7_certificate_file.clone();
        Certificates {
            own: own.zip(self.hl7_key_file.clone()),
            authorities: self.hl7_ca_file.clone(),
        }
    }
}

async fn listener(address: SocketAddr) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: choose another address with --hl7-listen")
    })?;
    let address = listener.local_addr();
    let address = address.context("cannot tell the address listened on for HL7")?;
    print::line(&format!("HL7 on {address}"))?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        hl7: Hl7Args,
    }

    fn line(words: &str) -> Result<Hl7Args> {
        let words = std::iter::once("coverslip").chain(words.split_whitespace());
        Ok(Line::try_parse_from(words)?.hl7)
    }

    #[test]
    fn others_may_order_only_where_they_are_named() -> Result<()> {
        let peers =
            |words: &str| Ok::<_, anyhow::Error>(line(words)?.listen_config()?.map(|c| c.peers));
        assert_eq!(peers("")?, None);
        assert_eq!(peers("--hl7-listen 127.0.0.1:0")?, Some(Peers::Loopback));
        let named = peers("--hl7-listen 0.0.0.0:2575 --hl7-allow 10.20.0.0/16,10.3.0.1/32")?;
        let networks = ["10.20.0.0/16".parse()?, "10.3.0.1/32".parse()?];
        assert_eq!(named, Some(Peers::Networks(networks.to_vec())));
        for address in ["0.0.0.0:2575", "[::]:2575", "192.0.2.1:2575"] {
            let refused = peers(&format!("--hl7-listen {address}"));
            let refused = refused.err().map(|error| error.to_string());
            assert!(
                refused.is_some_and(|said| said.contains("--hl7-allow")),
                "{address}"
            );
        }
        // Who would vouch for a certificate that nobody is asked for?
        let refused = peers("--hl7-listen 0.0.0.0:2575 --hl7-ca-file ca.pem");
        assert!(refused.is_err());
        Ok(())
    }

    #[test]
    fn results_go_where_it_was_said_and_no_further_than_readers_may_see() -> Result<()> {
        let sent = |words: &str, rule| line(words)?.send_config(rule, ResearchResults::Withheld);
        assert!(sent("", FirstReadRule::Off)?.is_none());
        let words = "--hl7-send lis.example:2575 --hl7-receiver LIS^LAB";
        let config = sent(words, FirstReadRule::Off)?.context("a receiver")?;
        assert_eq!(config.receiver.address, "lis.example:2575");
        assert_eq!(config.receiver.application, "LIS");
        assert_eq!(config.receiver.facility, "LAB");
        assert_eq!(config.reported, Reported::All);
        let config = sent(words, FirstReadRule::Required)?.context("a receiver")?;
        assert_eq!(config.reported, Reported::Signed);
        for wrong in ["lis.example", ":2575", "lis.example:0", "lis.example:x"] {
            assert!(line(&format!("--hl7-send {wrong}")).is_err(), "{wrong}");
        }
        Ok(())
    }
}
