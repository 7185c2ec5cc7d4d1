use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, Method, Request, StatusCode, Uri, header};
use axum::response::Response;
use bytes::Bytes;
use metrics::{Counter, counter};
use moka::sync::Cache;

/// Bytes of answers kept at most: some thousand tiles.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Pictures larger than this are rare and would push many tiles out.
const MAX_BODY: usize = 1024 * 1024;
/// A slide that is taken out of the installation is not answered from memory for longer.
const KEPT: Duration = Duration::from_secs(300);

/// Requests with one of these are the handler's affair.
pub(crate) const CONDITIONS: [&str; 2] = ["if-none-match", "range"];
/// An answer with one of these differs from request to request, or from client to client.
const NOT_FOR_ALL: [HeaderName; 4] = [
    header::VARY,
    header::SET_COOKIE,
    header::CONNECTION,
    header::DATE,
];

/// A handler says with this extension of its answer that the address never gives another answer,
/// and that everyone with a token may have it. Holds the whole body.
#[derive(Clone, Debug)]
pub struct Immutable(pub Bytes);

/// Immutable answers given lately, by address, so that a tile many look at costs neither routing
/// nor a read. Clones share them.
#[derive(Clone)]
pub(crate) struct KeptAnswers {
    answers: Cache<Box<str>, Arc<Answer>>,
    given: Counter,
}

/// An answer as hyper takes it, and as it is written.
pub(crate) struct Answer {
    headers: HeaderMap,
    head: Vec<u8>,
    body: Bytes,
}

impl KeptAnswers {
    /// The metrics recorder must be installed before.
    pub(crate) fn new() -> Self {
        let answers = Cache::builder()
            .max_capacity(MAX_BYTES)
            .weigher(Answer::weight)
            .time_to_live(KEPT)
            .build();
        Self {
            answers,
            given: counter!("coverslip_http_kept_answers_total"),
        }
    }

    /// Keeps an answer to a GET whose handler called it [`Immutable`]. Its headers go with it.
    pub(crate) fn keep(&self, address: &Uri, response: &mut Response) {
        let Some(Immutable(body)) = response.extensions_mut().remove() else {
            return;
        };
        let is_for_all = response.status() == StatusCode::OK
            && !NOT_FOR_ALL
                .iter()
                .any(|name| response.headers().contains_key(name));
        if is_for_all && body.len() <= MAX_BODY {
            let mut headers = response.headers().clone();
            headers.insert(header::CONTENT_LENGTH, body.len().into());
            let answer = Answer::new(headers, body);
            self.answers
                .insert(target(address).into(), Arc::new(answer));
        }
    }

    /// The answer, where it can be the answer to this request.
    pub(crate) fn find_for<B>(&self, request: &Request<B>) -> Option<Arc<Answer>> {
        let is_condition = |name| request.headers().contains_key(name);
        if request.method() != Method::GET || CONDITIONS.into_iter().any(is_condition) {
            return None;
        }
        self.find(target(request.uri()))
    }

    /// `target` is path and query, as the client wrote them.
    pub(crate) fn find(&self, target: &str) -> Option<Arc<Answer>> {
        self.answers.get(target)
    }

    /// An answer went to somebody who may have it.
    pub(crate) fn count_given(&self) {
        self.given.increment(1);
    }
}

impl Answer {
    fn new(headers: HeaderMap, body: Bytes) -> Self {
        let mut head = b"HTTP/1.1 200 OK\r\n".to_vec();
        for (name, value) in &headers {
            for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
                head.extend_from_slice(part);
            }
        }
        head.extend_from_slice(b"x-request-id: ");
        Self {
            headers,
            head,
            body,
        }
    }

    pub(crate) fn response(&self) -> Response {
        let mut response = Response::new(self.body.clone().into());
        *response.headers_mut() = self.headers.clone();
        response
    }

    /// All of the head up to the request's id.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    #[expect(
        clippy::borrowed_box,
        reason = "the cache hands its keys out like this"
    )]
    fn weight(address: &Box<str>, answer: &Arc<Self>) -> u32 {
        answer.memory(address)
    }

    fn memory(&self, address: &str) -> u32 {
        let headers = self.headers.iter();
        let headers: usize = headers.map(|(_, value)| 64 + value.len()).sum();
        let n_bytes = address.len() + headers + self.head.len() + self.body.len();
        u32::try_from(n_bytes).unwrap_or(u32::MAX)
    }
}

/// Path and query, as the client wrote them.
fn target(address: &Uri) -> &str {
    address
        .path_and_query()
        .map_or("", |target| target.as_str())
}
