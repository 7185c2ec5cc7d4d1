use axum::http::{HeaderMap, HeaderValue, header};
use identity::Attempt;

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

/// What browsers keep for us. Scripts see none of it.
struct Cookie {
    name: &'static str,
    /// The same for TLS: browsers accept `__Host-` only from this very host and over TLS.
    host_name: &'static str,
    same_site: &'static str,
}

const SESSION: Cookie = Cookie {
    name: "coverslip_session",
    host_name: "__Host-coverslip_session",
    same_site: "Strict",
};

/// Comes back from the provider's page, by a link or a redirect alone.
const ATTEMPT: Cookie = Cookie {
    name: "coverslip_sign_in",
    host_name: "__Host-coverslip_sign_in",
    same_site: "Lax",
};

/// Whoever logs out here logs out of the provider too, if the session came from there.
const PROVIDED: Cookie = Cookie {
    name: "coverslip_provided",
    host_name: "__Host-coverslip_provided",
    same_site: "Strict",
};

impl Transport {
    /// The `Set-Cookie` value that begins a session.
    pub(super) fn set_cookie(self, session: &Secret, max_age_s: i64) -> HeaderValue {
        self.set(&SESSION, session.reveal(), max_age_s)
    }

    /// Has the browser keep on its way through the provider what it must come back with.
    pub(super) fn set_attempt(self, attempt: &Attempt) -> HeaderValue {
        self.set(&ATTEMPT, &attempt.cookie(), Attempt::LIFE.num_seconds())
    }

    /// Notes that the session came from the provider.
    pub(super) fn set_provided(self, max_age_s: i64) -> HeaderValue {
        self.set(&PROVIDED, "1", max_age_s)
    }

    pub(super) fn forget_attempt(self) -> HeaderValue {
        self.set(&ATTEMPT, "", 0)
    }

    pub(super) fn forget_session(self) -> [HeaderValue; 2] {
        [self.set(&SESSION, "", 0), self.set(&PROVIDED, "", 0)]
    }

    /// The session secret among the request's cookies.
    pub(super) fn session(self, headers: &HeaderMap) -> Option<&str> {
        self.find(&SESSION, headers)
    }

    pub(super) fn attempt(self, headers: &HeaderMap) -> Option<Attempt> {
        self.find(&ATTEMPT, headers).and_then(Attempt::parse)
    }

    pub(super) fn is_provided(self, headers: &HeaderMap) -> bool {
        self.find(&PROVIDED, headers) == Some("1")
    }

    /// The session secret in one `Cookie` value.
    pub(super) fn session_in(self, cookies: &str) -> Option<&str> {
        self.find_in(&SESSION, cookies)
    }

    fn set(self, cookie: &Cookie, text: &str, max_age_s: i64) -> HeaderValue {
        let (name, same_site) = (self.name(cookie), cookie.same_site);
        let secure = match self {
            Self::Http => "",
            Self::Https => "; Secure",
        };
        let text = format!(
            "{name}={text}; Path=/; HttpOnly; SameSite={same_site}{secure}; Max-Age={max_age_s}"
        );
        let mut value = HeaderValue::try_from(text).expect("secrets are printable");
        value.set_sensitive(true);
        value
    }

    fn find<'h>(self, cookie: &Cookie, headers: &'h HeaderMap) -> Option<&'h str> {
        headers
            .get_all(header::COOKIE)
            .into_iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .find_map(|cookies| self.find_in(cookie, cookies))
    }

    fn find_in<'c>(self, cookie: &Cookie, cookies: &'c str) -> Option<&'c str> {
        let mut cookies = cookies.split(';');
        cookies.find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == self.name(cookie)).then_some(value)
        })
    }

    const fn name(self, cookie: &Cookie) -> &'static str {
        match self {
            Self::Http => cookie.name,
            Self::Https => cookie.host_name,
        }
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
