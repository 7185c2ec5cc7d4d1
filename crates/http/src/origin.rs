use std::fmt;

use axum::http::{HeaderMap, header};

/// The scheme and host under which the client sees this server, for documents that must name
/// their own address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    scheme: &'static str,
    host: &'a str,
}

impl<'a> Origin<'a> {
    /// From `Host`, and from `X-Forwarded-Proto` where a proxy ends TLS.
    pub fn of(headers: &'a HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let is_tls = text(header::HeaderName::from_static("x-forwarded-proto")) == Some("https");
        Self {
            scheme: if is_tls { "https" } else { "http" },
            host: text(header::HOST)
                .filter(|host| is_host(host))
                .unwrap_or("localhost"),
        }
    }
}

/// Name or address and port. Anything else would end up in a document's links.
fn is_host(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn origin(host: &'static str, scheme: Option<&'static str>) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        if let Some(scheme) = scheme {
            headers.insert("x-forwarded-proto", HeaderValue::from_static(scheme));
        }
        Origin::of(&headers).to_string()
    }

    #[test]
    fn host_and_scheme_are_those_of_the_client() {
        assert_eq!(origin("127.0.0.1:8080", None), "http://127.0.0.1:8080");
        assert_eq!(origin("[::1]:80", Some("http")), "http://[::1]:80");
        assert_eq!(origin("lab.example", Some("https")), "https://lab.example");
    }

    #[test]
    fn a_strange_host_is_not_repeated() {
        assert_eq!(origin("a\"/><script>", None), "http://localhost");
        assert_eq!(
            Origin::of(&HeaderMap::new()).to_string(),
            "http://localhost"
        );
    }
}
