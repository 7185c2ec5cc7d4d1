use std::mem::MaybeUninit;

use httparse::{Header, Request, Status};

use crate::access::Credential;
use crate::kept::CONDITIONS;

/// Browsers send about fifteen.
const MAX_HEADERS: usize = 32;

/// Who sends one of these wants more than an answer, or sends more than a head.
const NOT_PLAIN: [&str; 4] = ["content-length", "transfer-encoding", "expect", "upgrade"];

/// The head of a request that an answer in memory can be the answer to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PlainHead<'b> {
    /// Bytes up to the next request: there is no body.
    pub(super) n_bytes: usize,
    /// Path and query, as the client wrote them.
    pub(super) target: &'b str,
    pub(super) credential: Credential<'b>,
}

impl<'b> PlainHead<'b> {
    /// `None` for every head that is not complete, not valid, or in any way special. The parser and
    /// its settings are hyper's own: what it refuses, hyper refuses.
    pub(super) fn parse(bytes: &'b [u8]) -> Option<Self> {
        let mut headers = [const { MaybeUninit::uninit() }; MAX_HEADERS];
        let mut request = Request::new(&mut []);
        let parsed = request.parse_with_uninit_headers(bytes, &mut headers);
        let Ok(Status::Complete(n_bytes)) = parsed else {
            return None;
        };
        // HTTP/1.0 has other rules on when a connection ends.
        if request.method != Some("GET") || request.version != Some(1) {
            return None;
        }
        Some(Self {
            n_bytes,
            target: request.path?,
            credential: credential(request.headers)?,
        })
    }
}

/// The only credential, where all headers are such that they change nothing about the answer.
fn credential<'b>(headers: &[Header<'b>]) -> Option<Credential<'b>> {
    let (mut authorization, mut cookie) = (None, None);
    for header in headers {
        if header.name.eq_ignore_ascii_case("authorization") {
            only(&mut authorization, header.value)?;
        } else if header.name.eq_ignore_ascii_case("cookie") {
            only(&mut cookie, header.value)?;
        } else if is_special(header) {
            return None;
        }
    }
    match authorization {
        Some(value) => Some(Credential::Authorization(value)),
        None => cookie.map(Credential::Cookie),
    }
}

fn is_special(header: &Header<'_>) -> bool {
    let is = |name: &str| header.name.eq_ignore_ascii_case(name);
    let mut specials = NOT_PLAIN.into_iter().chain(CONDITIONS);
    specials.any(is) || (is("connection") && !header.value.eq_ignore_ascii_case(b"keep-alive"))
}

/// `None` where there is a value already.
fn only<'b>(place: &mut Option<&'b [u8]>, value: &'b [u8]) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(headers: &str) -> Option<String> {
        let text = format!("GET /a?b HTTP/1.1\r\nhost: lab\r\n{headers}\r\nGET");
        let head = PlainHead::parse(text.as_bytes())?;
        assert_eq!((head.n_bytes, head.target), (text.len() - 3, "/a?b"));
        Some(format!("{:?}", head.credential))
    }

    #[test]
    fn a_plain_head_has_one_credential() {
        let bearer = parse("Authorization: Bearer x\r\nCookie: a=b\r\n");
        assert_eq!(bearer.as_deref(), Some("Authorization(<redacted>)"));
        let session = parse("cookie: a=b\r\nConnection: Keep-Alive\r\naccept: */*\r\n");
        assert_eq!(session.as_deref(), Some("Cookie(<redacted>)"));
        for none in ["", "cookie: a\r\ncookie: b\r\n"] {
            assert_eq!(parse(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_special_is_left_alone() {
        for special in [
            "content-length: 0",
            "Transfer-Encoding: chunked",
            "expect: 100-continue",
            "upgrade: h2c",
            "connection: close",
            "connection: keep-alive, upgrade",
            "if-none-match: \"e\"",
            "range: bytes=0-1",
            "authorization: Bearer y",
            "folded: a\r\n b",
            "space : a",
            "bare: a\rb",
        ] {
            let headers = format!("authorization: Bearer x\r\n{special}\r\n");
            assert_eq!(parse(&headers), None, "{special}");
        }
    }

    #[test]
    fn what_is_not_a_complete_get_of_this_version_is_left_alone() {
        let whole = b"GET / HTTP/1.1\r\ncookie: a=b\r\n\r\n";
        assert!(PlainHead::parse(whole).is_some());
        for end in 0..whole.len() {
            assert_eq!(PlainHead::parse(&whole[..end]), None, "{end}");
        }
        for other in [
            "HEAD / HTTP/1.1",
            "GET / HTTP/1.0",
            "PRI * HTTP/2.0",
            "GET /",
        ] {
            let text = format!("{other}\r\ncookie: a=b\r\n\r\n");
            assert_eq!(PlainHead::parse(text.as_bytes()), None, "{other}");
        }
    }
}
