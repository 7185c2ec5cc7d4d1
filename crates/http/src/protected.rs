use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::HttpBody;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use axum::{BoxError, http};
use bytes::Bytes;
use futures::future::Either;
use tower_service::Service;

use crate::access::Credential;
use crate::gate::Gate;
use crate::tenants::Tenants;

/// A router that only those reach who have a token, or one of several; made by [`crate::protect`] or
/// [`crate::protect_tenants`].
///
/// What it answered from [`crate::Immutable`] answers lately is answered again without the router.
#[derive(Clone)]
pub struct Protected {
    sites: Sites,
}

#[derive(Clone)]
enum Sites {
    One(Site),
    Tenants(Arc<Tenants>),
}

/// A router and the gate before it, which is its outermost layer.
#[derive(Clone)]
pub(crate) struct Site {
    router: Router,
    pub(crate) gate: Gate,
}

impl Protected {
    pub(crate) const fn one(site: Site) -> Self {
        Self {
            sites: Sites::One(site),
        }
    }

    pub(crate) fn tenants(tenants: Tenants) -> Self {
        Self {
            sites: Sites::Tenants(Arc::new(tenants)),
        }
    }

    /// The gate for whoever sends this; `None` where there is none.
    pub(crate) fn gate(&self, credential: Credential<'_>) -> Option<&Gate> {
        match &self.sites {
            Sites::One(site) => Some(&site.gate),
            Sites::Tenants(tenants) => tenants.gate(credential),
        }
    }
}

impl Site {
    /// The router must have the gate as its outermost layer.
    pub(crate) const fn new(router: Router, gate: Gate) -> Self {
        Self { router, gate }
    }

    fn answer<B>(&mut self, request: http::Request<B>) -> Answering
    where
        Router: Service<
                http::Request<B>,
                Response = Response,
                Error = Infallible,
                Future = RouteFuture<Infallible>,
            >,
    {
        match self.gate.kept_answer(&request) {
            Some(response) => Either::Left(ready(Ok(response))),
            None => Either::Right(self.router.call(request)),
        }
    }
}

/// The routes, which a test compares with what is written down of them.
impl fmt::Debug for Protected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sites {
            Sites::One(site) => f.debug_tuple("Protected").field(&site.router).finish(),
            Sites::Tenants(_) => f.debug_tuple("Protected").finish_non_exhaustive(),
        }
    }
}

type Answering = Either<Ready<Result<Response, Infallible>>, RouteFuture<Infallible>>;

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
    type Future = Answering;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        match &mut self.sites {
            Sites::One(site) => site.answer(request),
            Sites::Tenants(tenants) => tenants.site(&request).clone().answer(request),
        }
    }
}
