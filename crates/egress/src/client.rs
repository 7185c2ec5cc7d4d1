use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Wired;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;

use crate::egress::Wire;
use crate::resolver::{Forbidden, Resolver};
use crate::{Egress, Target};

/// Sends requests where an [`Egress`] permits, each over a connection of its own.
#[derive(Clone, Debug)]
pub struct Client {
    tls: Wired<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>,
    plain: Wired<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>,
}

/// Why nothing can be sent at all.
#[derive(Debug, Error)]
#[error("TLS cannot be set up")]
pub struct ClientError(#[from] rustls::Error);

/// Why there was no answer. It does not say where to: an address may hold a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SendError {
    #[error("the address is not one that may be reached")]
    Forbidden,
    #[error("the receiver cannot be connected to")]
    NoConnection,
    #[error("the connection broke before there was an answer")]
    Broken,
}

impl Client {
    pub fn new(egress: &Egress) -> Result<Self, ClientError> {
        Ok(Self {
            tls: wired(egress, Wire::Tls)?,
            plain: wired(egress, Wire::Plain)?,
        })
    }

    /// Sends a request whose URI is that of the target, or one below it. How long that may take, and how
    /// much of the answer is read, is for the caller to say.
    pub async fn send(
        &self,
        target: &Target,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, SendError> {
        let client = match target.wire() {
            Wire::Tls => &self.tls,
            Wire::Plain => &self.plain,
        };
        let sent = client.request(request).await;
        sent.map_err(|failed| SendError::of(&failed))
    }
}

impl SendError {
    fn of(failed: &hyper_util::client::legacy::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(failed);
        while let Some(error) = cause {
            if error.is::<Forbidden>() {
                return Self::Forbidden;
            }
            cause = error.source();
        }
        match failed.is_connect() {
            true => Self::NoConnection,
            false => Self::Broken,
        }
    }
}

fn wired(
    egress: &Egress,
    wire: Wire,
) -> Result<Wired<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>, ClientError> {
    let egress = egress.clone();
    let mut http = HttpConnector::new_with_resolver(Resolver { egress, wire });
    http.enforce_http(false);
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls()?);
    let connector = match wire {
        Wire::Tls => connector.https_only(),
        Wire::Plain => connector.https_or_http(),
    };
    let connector = connector.enable_http1().wrap_connector(http);
    // A connection that is kept would not be looked at again.
    let mut client = Wired::builder(TokioExecutor::new());
    Ok(client.pool_max_idle_per_host(0).build(connector))
}

/// Trusts whom the machine trusts, and whom `SSL_CERT_FILE` names.
fn tls() -> Result<ClientConfig, ClientError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
