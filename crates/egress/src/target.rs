use std::net::IpAddr;

use hyper::Uri;
use thiserror::Error;
use url::Url;

use crate::Egress;
use crate::egress::Wire;

/// Longest URL, in bytes.
const LONGEST: usize = 2_000;

/// Where requests go. What a name leads to is looked at again each time it is connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    uri: Uri,
    wire: Wire,
}

/// Why nothing can be sent there. What was given is not repeated: it may hold a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TargetError {
    #[error(
        "that is no URL of at most {} characters: give one as https://HOST/PATH",
        LONGEST
    )]
    NoUrl,
    #[error(
        "requests go to https alone: without TLS only to networks that Coverslip was started with \
         ({option})"
    )]
    NoTls { option: &'static str },
    #[error("a URL with a user name, a password or a fragment is not taken: keep to the path")]
    Adorned,
    #[error(
        "that address is not one of the public internet: to reach a system of your own network, \
         start Coverslip with {option} and its network"
    )]
    Forbidden { option: &'static str },
}

impl Target {
    /// # Errors
    /// If it is clear already that nothing may be sent there.
    pub fn parse(text: &str, egress: &Egress) -> Result<Self, TargetError> {
        let option = egress.option();
        // The parser passes over them, but what was given is what is kept.
        if text.len() > LONGEST || text.contains(char::is_control) {
            return Err(TargetError::NoUrl);
        }
        let url = Url::parse(text).or(Err(TargetError::NoUrl))?;
        let wire = match url.scheme() {
            "https" => Wire::Tls,
            "http" if egress.knows_plain() => Wire::Plain,
            _ => return Err(TargetError::NoTls { option }),
        };
        let is_adorned =
            !url.username().is_empty() || url.password().is_some() || url.fragment().is_some();
        if is_adorned {
            return Err(TargetError::Adorned);
        }
        // The parser has made an address of each way to write one, 0x7f.1 too.
        let host = url.host_str().ok_or(TargetError::NoUrl)?;
        let literal = host.trim_matches(['[', ']']).parse::<IpAddr>();
        if literal.is_ok_and(|address| !egress.permits(wire, address)) {
            return Err(TargetError::Forbidden { option });
        }
        let uri = url.as_str().parse().or(Err(TargetError::NoUrl))?;
        Ok(Self { uri, wire })
    }

    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    pub(crate) const fn wire(&self) -> Wire {
        self.wire
    }
}
