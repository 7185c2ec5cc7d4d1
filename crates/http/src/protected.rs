use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::HttpBody;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use axum::{BoxError, http};
use bytes::Bytes;
use futures::future::Either;
use tower_service::Service;

use crate::gate::Gate;

/// A router that only those reach who have a token; made by [`crate::protect`].
///
/// What it answered from [`crate::Immutable`] answers lately is answered again without the router.
#[derive(Clone)]
pub struct Protected {
    router: Router,
    gate: Gate,
}

impl Protected {
    /// The router must have the gate as its outermost layer.
    pub(crate) const fn new(router: Router, gate: Gate) -> Self {
        Self { router, gate }
    }

    pub(crate) const fn gate(&self) -> &Gate {
        &self.gate
    }
}

/// The routes, which a test compares with what is written down of them.
impl fmt::Debug for Protected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Protected").field(&self.router).finish()
    }
}

impl<B> Service<http::Request<B>> for Protected
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    Router: Service<
            http::Request<B>,
            Response = Response,
            Error = Infallible,
            Future = RouteFuture<Infallible>,
        >,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, RouteFuture<Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        match self.gate.kept_answer(&request) {
            Some(response) => Either::Left(ready(Ok(response))),
            None => Either::Right(self.router.call(request)),
        }
    }
}
