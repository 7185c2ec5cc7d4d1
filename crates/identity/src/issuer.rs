use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use url::{Host, Url};

/// Where an OpenID provider is, and what it calls itself: compared as it was written, to the letter
/// (OpenID Connect Core, 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer(String);

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadIssuer {
    #[error("the issuer is no URL: give it as https://HOST/PATH, as the provider writes it")]
    NoUrl,
    #[error("the issuer must be reached by https, or be on this machine")]
    Plain,
    #[error("an issuer has no user, query or fragment")]
    TooMuch,
}

impl Issuer {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where its description is (OpenID Connect Discovery, 4.1).
    pub(crate) fn discovery(&self) -> String {
        let base = self.0.trim_end_matches('/');
        format!("{base}/.well-known/openid-configuration")
    }
}

impl FromStr for Issuer {
    type Err = BadIssuer;

    fn from_str(text: &str) -> Result<Self, BadIssuer> {
        let Ok(url) = Url::parse(text) else {
            return Err(BadIssuer::NoUrl);
        };
        if !is_private(&url) {
            return Err(BadIssuer::Plain);
        }
        let is_bare = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        match is_bare {
            true => Ok(Self(text.to_owned())),
            false => Err(BadIssuer::TooMuch),
        }
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether nobody else hears what is said there: TLS, or this machine alone.
pub(crate) fn is_private(url: &Url) -> bool {
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Domain(name))) => name == "localhost",
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_a_bare_url_that_nobody_else_hears() {
        for good in [
            "https://login.example/realms/lab",
            "https://login.example/",
            "http://127.0.0.1:9000",
            "http://[::1]:9000/a",
            "http://localhost:8080",
        ] {
            let issuer: Issuer = good.parse().expect(good);
            assert_eq!(issuer.as_str(), good);
        }
        for (bad, why) in [
            ("login.example", BadIssuer::NoUrl),
            ("http://login.example", BadIssuer::Plain),
            ("http://10.0.0.1", BadIssuer::Plain),
            ("ftp://localhost", BadIssuer::Plain),
            ("https://login.example/?a", BadIssuer::TooMuch),
            ("https://login.example/#a", BadIssuer::TooMuch),
            ("https://me:you@login.example", BadIssuer::TooMuch),
        ] {
            assert_eq!(bad.parse::<Issuer>(), Err(why), "{bad}");
        }
    }

    #[test]
    fn its_description_lies_below_it() {
        for written in ["https://login.example/a", "https://login.example/a/"] {
            let issuer: Issuer = written.parse().expect(written);
            let discovery = "https://login.example/a/.well-known/openid-configuration";
            assert_eq!(issuer.discovery(), discovery);
        }
    }
}
