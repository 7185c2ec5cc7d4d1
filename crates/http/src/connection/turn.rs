use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::Poll;

use axum::http::Request;
use bytes::BytesMut;
use futures::FutureExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, join};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use super::PATIENCE;
use super::ledger::Ledger;
use crate::Protected;
use crate::access::Peer;

/// Answers by hyper whatever the express lane does not.
pub(super) struct HyperTurn {
    http: http1::Builder,
    protected: Protected,
    peer: Peer,
}

/// What became of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All requests that were read are answered, and there may be more.
    GoesOn,
    Over,
}

impl HyperTurn {
    pub(super) fn new(protected: Protected, peer: Peer) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
        Self {
            http,
            protected,
            peer,
        }
    }

    /// Gives hyper the connection, with what was read from it, and takes it back, with what hyper
    /// read too much, once nothing is under way. After a request with a body, or one that may end
    /// the connection, hyper keeps it.
    pub(super) async fn take(
        &self,
        stream: &mut TcpStream,
        unread: &mut BytesMut,
        shutdown: &CancellationToken,
    ) -> io::Result<Outcome> {
        let (reader, writer) = stream.split();
        let io = TokioIo::new(join(unread.chain(reader), writer));
        let ledger = Ledger::default();
        let service = service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(self.peer);
            let under_way = ledger.begin(&request);
            let answer = self.protected.clone().call(request);
            answer.map(|answer| answer.map(|response| under_way.until_written(response)))
        });
        let mut connection = self.http.serve_connection(io, service);
        let mut shut_down = pin!(shutdown.cancelled());
        let mut asked_for = None;
        poll_fn(|context| {
            loop {
                // hyper ends a connection only when it is over, or when it was asked to.
                if let Poll::Ready(ended) = connection.poll_without_shutdown(context) {
                    return Poll::Ready(ended);
                }
                if asked_for.is_some() {
                    return Poll::Pending;
                }
                if shut_down.as_mut().poll(context).is_ready() {
                    asked_for = Some(Outcome::Over);
                } else if ledger.is_settled() {
                    asked_for = Some(Outcome::GoesOn);
                } else {
                    return Poll::Pending;
                }
                Pin::new(&mut connection).graceful_shutdown();
            }
        })
        .await
        .map_err(io::Error::other)?;
        let hypers = connection.into_parts();
        let (reader, _) = hypers.io.into_inner().into_inner();
        let (untouched, _) = reader.into_inner();
        let left = [&hypers.read_buf, untouched].concat();
        unread.clear();
        unread.extend_from_slice(&left);
        Ok(asked_for.unwrap_or(Outcome::Over))
    }
}
