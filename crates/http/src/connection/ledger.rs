use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, Method, Request, Version, header};
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

/// What hyper was asked over one connection, and how much of that is answered.
#[derive(Clone, Default)]
pub(super) struct Ledger {
    entries: Arc<Entries>,
}

/// Only one task writes here; the numbers are atomic because that task moves between threads.
#[derive(Default)]
struct Entries {
    n_begun: AtomicUsize,
    n_ended: AtomicUsize,
    /// There was something after which only hyper can tell where the next request begins.
    is_hypers: AtomicBool,
}

impl Ledger {
    pub(super) fn begin<B: HttpBody>(&self, request: &Request<B>) -> UnderWay {
        self.entries.n_begun.fetch_add(1, Ordering::Relaxed);
        if !is_plain(request) {
            self.leave_to_hyper();
        }
        UnderWay(self.clone())
    }

    /// There were requests, all are answered, and the next bytes are those of another.
    pub(super) fn is_settled(&self) -> bool {
        let n_begun = self.entries.n_begun.load(Ordering::Relaxed);
        n_begun > 0
            && n_begun == self.entries.n_ended.load(Ordering::Relaxed)
            && !self.entries.is_hypers.load(Ordering::Relaxed)
    }

    fn leave_to_hyper(&self) {
        self.entries.is_hypers.store(true, Ordering::Relaxed);
    }
}

/// A request ends when this is dropped.
pub(super) struct UnderWay(Ledger);

impl UnderWay {
    pub(super) fn until_written(self, response: Response) -> Response<Written> {
        if !may_go_on(response.headers()) {
            self.0.leave_to_hyper();
        }
        response.map(|body| Written {
            body,
            _under_way: self,
        })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.entries.n_ended.fetch_add(1, Ordering::Relaxed);
    }
}

fn is_plain<B: HttpBody>(request: &Request<B>) -> bool {
    request.body().is_end_stream()
        && request.version() == Version::HTTP_11
        && request.method() != Method::CONNECT
        && may_go_on(request.headers())
}

fn may_go_on(headers: &HeaderMap) -> bool {
    let mut connection = headers.get_all(header::CONNECTION).into_iter();
    connection.all(|value| value.as_bytes().eq_ignore_ascii_case(b"keep-alive"))
}

/// The body of an answer; hyper drops it when it has taken the last of it.
pub(super) struct Written {
    body: Body,
    _under_way: UnderWay,
}

impl HttpBody for Written {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
