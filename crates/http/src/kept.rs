use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, Method, Request, StatusCode, Uri, header};
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

struct Answer {
    headers: HeaderMap,
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
            && !response.headers().contains_key(header::VARY)
            && !response.headers().contains_key(header::SET_COOKIE);
        if is_for_all && body.len() <= MAX_BODY {
            let mut headers = response.headers().clone();
            headers.insert(header::CONTENT_LENGTH, body.len().into());
            let answer = Arc::new(Answer { headers, body });
            self.answers.insert(text(address).into(), answer);
        }
    }

    /// Whether a kept answer can be the answer to this request. Conditions are the handler's affair.
    pub(crate) fn may_answer<B>(request: &Request<B>) -> bool {
        request.method() == Method::GET
            && !request.headers().contains_key(header::IF_NONE_MATCH)
            && !request.headers().contains_key(header::RANGE)
    }

    pub(crate) fn get(&self, address: &Uri) -> Option<Response> {
        let answer = self.answers.get(text(address))?;
        self.given.increment(1);
        let mut response = Response::new(answer.body.clone().into());
        *response.headers_mut() = answer.headers.clone();
        Some(response)
    }
}

impl Answer {
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
        let n_bytes = address.len() + headers + self.body.len();
        u32::try_from(n_bytes).unwrap_or(u32::MAX)
    }
}

/// Path and query, as the client wrote them.
fn text(address: &Uri) -> &str {
    address
        .path_and_query()
        .map_or("", |target| target.as_str())
}
