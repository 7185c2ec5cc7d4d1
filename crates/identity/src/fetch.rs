use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::ring;
use thiserror::Error;
use url::Url;

use crate::issuer::is_private;

const AGENT: &str = concat!("coverslip/", env!("CARGO_PKG_VERSION"));

/// Somebody waits in front of a browser.
const AT_MOST: Duration = Duration::from_secs(8);
/// Descriptions and sets of keys have a few kilobytes.
const MAX_BODY: usize = 512 * 1024;

/// Why the provider said nothing that can be used. Never holds what was sent.
#[derive(Debug, Error)]
pub enum FetchError {
    #[error("TLS cannot be set up: this machine has no certificates to trust")]
    Tls(#[source] std::io::Error),
    #[error("the provider names an address that is neither https nor on this machine")]
    Address,
    #[error("the provider cannot be reached")]
    Unreachable(#[source] hyper_util::client::legacy::Error),
    #[error("the provider did not answer within {} seconds", AT_MOST.as_secs())]
    Late,
    #[error(
        "the provider's answer is longer than {} bytes, or broke off",
        MAX_BODY
    )]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the provider answered {0}")]
    Status(StatusCode),
}

/// Speaks to the provider; follows no redirects, and asks no proxy of the environment.
#[derive(Clone)]
pub(crate) struct Fetch {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// An answer as it came.
pub(crate) struct Fetched {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Fetch {
    pub(crate) fn new() -> Result<Self, FetchError> {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(ring::default_provider())
            .map_err(FetchError::Tls)?
            .https_or_http()
            .enable_http1()
            .build();
        let mut client = Client::builder(TokioExecutor::new());
        // Asked now and then: a connection that is kept would mostly be a dead one.
        client.pool_max_idle_per_host(0);
        Ok(Self {
            client: client.build(connector),
        })
    }

    /// The body of a 200.
    pub(crate) async fn get(&self, url: &str) -> Result<Bytes, FetchError> {
        let fetched = self.send(Method::GET, url, None, Bytes::new()).await?;
        match fetched.status {
            StatusCode::OK => Ok(fetched.body),
            status => Err(FetchError::Status(status)),
        }
    }

    /// `form` is url-encoded.
    pub(crate) async fn post(
        &self,
        url: &str,
        authorization: Option<HeaderValue>,
        form: String,
    ) -> Result<Fetched, FetchError> {
        let form = Bytes::from(form);
        self.send(Method::POST, url, authorization, form).await
    }

    async fn send(
        &self,
        method: Method,
        url: &str,
        authorization: Option<HeaderValue>,
        body: Bytes,
    ) -> Result<Fetched, FetchError> {
        if !Url::parse(url).is_ok_and(|url| is_private(&url)) {
            return Err(FetchError::Address);
        }
        let mut request = Request::builder()
            .method(&method)
            .uri(url)
            .header(USER_AGENT, AGENT)
            .header(ACCEPT, "application/json");
        if method == Method::POST {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let Ok(request) = request.body(Full::new(body)) else {
            return Err(FetchError::Address);
        };
        match tokio::time::timeout(AT_MOST, self.answer(request)).await {
            Ok(answer) => answer,
            Err(_late) => Err(FetchError::Late),
        }
    }

    async fn answer(&self, request: Request<Full<Bytes>>) -> Result<Fetched, FetchError> {
        let answer = self.client.request(request).await;
        let answer = answer.map_err(FetchError::Unreachable)?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), MAX_BODY);
        let body = body.collect().await.map_err(FetchError::Body)?.to_bytes();
        Ok(Fetched { status, body })
    }
}
