use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use catalog::{DueMessage, WebhookMessage};
use chrono::{DateTime, Utc};
use http_body_util::Full;
use hyper::{Request, StatusCode, header};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook,
};
use thiserror::Error;
use tokio::time::timeout;

use crate::egress::{Forbidden, Resolver, Wire};
use crate::payload::payload;
use crate::{Target, WebhooksConfig};

const USER_AGENT: &str = concat!("coverslip/", env!("CARGO_PKG_VERSION"));

/// Follows no redirects, and asks no proxy of the environment.
type Wired = Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>;

/// Why nothing can be sent at all.
#[derive(Debug, Error)]
#[error("TLS cannot be set up for webhooks")]
pub struct SenderError(#[from] rustls::Error);

/// Signs messages and sends them, each over a connection of its own.
#[derive(Clone)]
pub(crate) struct Sender {
    config: WebhooksConfig,
    tls: Wired,
    plain: Wired,
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// 2xx.
    Taken(StatusCode),
    /// 410: the receiver wants no more.
    Gone,
    /// Anything else, redirects too.
    Refused(StatusCode),
    /// Why, without the URL.
    None(&'static str),
}

impl Sender {
    pub(crate) fn new(config: WebhooksConfig) -> Result<Self, SenderError> {
        Ok(Self {
            tls: client(&config, Wire::Tls)?,
            plain: client(&config, Wire::Plain)?,
            config,
        })
    }

    pub(crate) async fn send(&self, due: &DueMessage, now: DateTime<Utc>) -> Answer {
        // Looked at again: what may be reached may have changed since it was added.
        let Ok(target) = Target::parse(&due.url, &self.config.egress) else {
            return Answer::None("the address is not one that may be reached");
        };
        let body = payload(&due.message).to_string();
        let Some(signatures) = signatures(due, now, &body) else {
            return Answer::None("the message cannot be signed: the secret is damaged");
        };
        let request = Request::post(target.uri())
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, USER_AGENT)
            .header(HEADER_WEBHOOK_ID, message_id(&due.message))
            .header(HEADER_WEBHOOK_TIMESTAMP, now.timestamp())
            .header(HEADER_WEBHOOK_SIGNATURE, signatures)
            .body(Full::new(Bytes::from(body)));
        let Ok(request) = request else {
            return Answer::None("the message makes no request: the address is damaged");
        };
        let client = match target.wire() {
            Wire::Tls => &self.tls,
            Wire::Plain => &self.plain,
        };
        match timeout(self.config.timeout, client.request(request)).await {
            Ok(Ok(answer)) => Answer::of(answer.status()),
            Ok(Err(error)) => Answer::None(reason(&error)),
            Err(_late) => Answer::None("the receiver did not answer in time"),
        }
    }
}

impl Answer {
    fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::GONE => Self::Gone,
            status if status.is_success() => Self::Taken(status),
            status => Self::Refused(status),
        }
    }
}

/// As receivers see it.
pub(crate) fn message_id(message: &WebhookMessage) -> String {
    format!("msg_{}", message.id)
}

/// By every secret that holds, so that a receiver may change its own meanwhile.
fn signatures(due: &DueMessage, now: DateTime<Utc>, body: &str) -> Option<String> {
    let id = message_id(&due.message);
    let signed = due.secrets.iter().map(|secret| {
        let webhook = Webhook::new(secret.reveal()).ok()?;
        let signature = webhook.sign(&id, now.timestamp(), body.as_bytes());
        signature.ok()
    });
    let signed: Vec<String> = signed.collect::<Option<_>>()?;
    Some(signed.join(" "))
}

fn client(config: &WebhooksConfig, wire: Wire) -> Result<Wired, SenderError> {
    let egress = config.egress.clone();
    let mut http = HttpConnector::new_with_resolver(Resolver { egress, wire });
    http.enforce_http(false);
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls()?);
    let connector = match wire {
        Wire::Tls => connector.https_only(),
        Wire::Plain => connector.https_or_http(),
    };
    let connector = connector.enable_http1().wrap_connector(http);
    // A connection that is kept would not be looked at again.
    let mut client = Client::builder(TokioExecutor::new());
    Ok(client.pool_max_idle_per_host(0).build(connector))
}

/// Trusts whom the machine trusts, and whom `SSL_CERT_FILE` names.
fn tls() -> Result<ClientConfig, SenderError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

fn reason(failed: &hyper_util::client::legacy::Error) -> &'static str {
    let mut cause: Option<&(dyn Error + 'static)> = Some(failed);
    while let Some(error) = cause {
        if error.is::<Forbidden>() {
            return "the address is not one that may be reached";
        }
        cause = error.source();
    }
    match failed.is_connect() {
        true => "the receiver cannot be connected to",
        false => "the connection broke before there was an answer",
    }
}
