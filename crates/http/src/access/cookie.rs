use axum::http::{HeaderMap, HeaderValue, header};

use super::Secret;

/// How browsers reach the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// Directly, on this machine or in the lab's own network.
    #[default]
    Http,
    /// Through a proxy that speaks TLS: the cookie is never sent without it.
    Https,
}

impl Transport {
    /// Browsers accept `__Host-` only from this very host and over TLS.
    const fn cookie_name(self) -> &'static str {
        match self {
            Self::Http => "coverslip_session",
            Self::Https => "__Host-coverslip_session",
        }
    }

    const fn attributes(self) -> &'static str {
        match self {
            Self::Http => "Path=/; HttpOnly; SameSite=Strict",
            Self::Https => "Path=/; HttpOnly; SameSite=Strict; Secure",
        }
    }

    /// The `Set-Cookie` value that begins a session.
    pub(super) fn set_cookie(self, session: &Secret, max_age_s: i64) -> HeaderValue {
        let (name, attributes) = (self.cookie_name(), self.attributes());
        let session = session.reveal();
        let text = format!("{name}={session}; {attributes}; Max-Age={max_age_s}");
        let mut value = HeaderValue::try_from(text).expect("secrets are printable");
        value.set_sensitive(true);
        value
    }

    /// The session secret among the request's cookies.
    pub(super) fn session(self, headers: &HeaderMap) -> Option<&str> {
        headers
            .get_all(header::COOKIE)
            .into_iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .find_map(|cookies| self.session_in(cookies))
    }

    /// The session secret in one `Cookie` value.
    pub(super) fn session_in(self, cookies: &str) -> Option<&str> {
        let mut cookies = cookies.split(';');
        cookies.find_map(|cookie| {
            let (name, value) = cookie.trim().split_once('=')?;
            (name == self.cookie_name()).then_some(value)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookies))])
    }

    #[test]
    fn finds_the_session_among_other_cookies() {
        let cookies = headers("a=b; coverslip_session=secret=x;c=d");
        assert_eq!(Transport::Http.session(&cookies), Some("secret=x"));
        assert_eq!(Transport::Https.session(&cookies), None);
        assert_eq!(
            Transport::Http.session(&headers("xcoverslip_session=s")),
            None
        );
    }
}
