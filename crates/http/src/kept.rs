use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, Method, Request, StatusCode, Uri, header};
use axum::response::Response;
use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use telemetry::{Counter, TilePath, tiles_served};
use tokio::time::Instant;

/// Bytes of answers kept at most: some thousand tiles.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// The cache divides itself by this guess; each part must be large enough for some pictures.
const N_ANSWERS: usize = 256;
/// Pictures larger than this are rare and would push many tiles out.
const MAX_BODY: usize = 1024 * 1024;
/// A slide that is taken out of the installation is not answered from memory for longer.
const KEPT: Duration = Duration::from_secs(300);

/// Requests with one of these are the handler's affair.
pub(crate) const CONDITIONS: [&str; 2] = ["if-none-match", "range"];
/// An answer with one of these is not the same for every request, client or connection.
const NOT_FOR_ALL: [HeaderName; 5] = [
    header::VARY,
    header::SET_COOKIE,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
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
    answers: Arc<Cache<Box<str>, Arc<Answer>, Memory>>,
    given: Counter,
}

/// An answer as hyper takes it, and as it is written.
pub(crate) struct Answer {
    headers: HeaderMap,
    head: Vec<u8>,
    body: Bytes,
    /// When the handler is to be asked again.
    end: Instant,
}

impl KeptAnswers {
    /// The metrics recorder must be installed before.
    pub(crate) fn new() -> Self {
        let answers = Cache::with_weighter(N_ANSWERS, MAX_BYTES, Memory);
        Self {
            answers: Arc::new(answers),
            given: tiles_served(TilePath::Memory),
        }
    }

    /// Keeps an answer to a GET whose handler called it [`Immutable`]. Its headers go with it.
    pub(crate) fn keep(&self, address: &Uri, response: &mut Response) {
        let Some(Immutable(body)) = response.extensions_mut().remove() else {
            return;
        };
        let headers = response.headers();
        let is_for_all = response.status() == StatusCode::OK
            && !NOT_FOR_ALL.iter().any(|name| headers.contains_key(name));
        if is_for_all && body.len() <= MAX_BODY {
            let mut headers = headers.clone();
            headers.insert(header::CONTENT_LENGTH, body.len().into());
            let answer = Arc::new(Answer::new(headers, body));
            self.answers.insert(target(address).into(), answer);
        }
    }

    /// The answer, where it can be the answer to this request.
    pub(crate) fn find_for<B>(&self, request: &Request<B>, now: Instant) -> Option<Arc<Answer>> {
        let is_condition = |name| request.headers().contains_key(name);
        if request.method() != Method::GET || CONDITIONS.into_iter().any(is_condition) {
            return None;
        }
        self.find(target(request.uri()), now)
    }

    /// `target` is path and query, as the client wrote them.
    pub(crate) fn find(&self, target: &str, now: Instant) -> Option<Arc<Answer>> {
        self.answers.get(target).filter(|answer| now < answer.end)
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
            end: Instant::now() + KEPT,
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
}

/// Weighs answers in bytes.
#[derive(Clone)]
struct Memory;

impl Weighter<Box<str>, Arc<Answer>> for Memory {
    fn weight(&self, target: &Box<str>, answer: &Arc<Answer>) -> u64 {
        let headers = answer.headers.iter();
        let headers: usize = headers.map(|(_, value)| 64 + value.len()).sum();
        let n_bytes = target.len() + headers + answer.head.len() + answer.body.len();
        n_bytes as u64
    }
}

/// Path and query, as the client wrote them.
fn target(address: &Uri) -> &str {
    address
        .path_and_query()
        .map_or("", |target| target.as_str())
}
