use std::error::Error;
use std::sync::Arc;

use catalog::{DueMessage, WebhookMessage};
use chrono::{DateTime, Utc};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, header};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook,
};
use thiserror::Error;

use crate::egress::{Forbidden, Resolver, Wire};
use crate::payload::payload;
use crate::{Target, WebhooksConfig};

/// Why nothing can be sent at all.
#[derive(Debug, Error)]
pub enum SenderError {
    #[error("TLS cannot be set up for webhooks")]
    Tls(#[from] rustls::Error),
    #[error("no HTTP client can be made for webhooks")]
    Client(#[from] reqwest::Error),
}

/// Signs messages and sends them, each over a connection of its own.
#[derive(Clone)]
pub(crate) struct Sender {
    config: WebhooksConfig,
    tls: Client,
    plain: Client,
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
        let client = match target.wire() {
            Wire::Tls => &self.tls,
            Wire::Plain => &self.plain,
        };
        let sent = client
            .post(target.url().clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(HEADER_WEBHOOK_ID, message_id(&due.message))
            .header(HEADER_WEBHOOK_TIMESTAMP, now.timestamp())
            .header(HEADER_WEBHOOK_SIGNATURE, signatures)
            .body(body)
            .send();
        match sent.await.map(|answer| answer.status()) {
            Ok(status) if status.is_success() => Answer::Taken(status),
            Ok(StatusCode::GONE) => Answer::Gone,
            Ok(status) => Answer::Refused(status),
            Err(error) => Answer::None(reason(&error)),
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

fn client(config: &WebhooksConfig, wire: Wire) -> Result<Client, SenderError> {
    let resolver = Resolver {
        egress: config.egress.clone(),
        wire,
    };
    let client = Client::builder()
        .user_agent(concat!("coverslip/", env!("CARGO_PKG_VERSION")))
        .tls_backend_preconfigured(tls()?)
        .https_only(wire == Wire::Tls)
        .dns_resolver(Arc::new(resolver))
        .redirect(Policy::none())
        .no_proxy()
        // A connection that is kept would not be looked at again.
        .pool_max_idle_per_host(0)
        .timeout(config.timeout);
    Ok(client.build()?)
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

fn reason(error: &reqwest::Error) -> &'static str {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<Forbidden>() {
            return "the address is not one that may be reached";
        }
        cause = error.source();
    }
    if error.is_timeout() {
        "the receiver did not answer in time"
    } else if error.is_connect() {
        "the receiver cannot be connected to"
    } else {
        "the connection broke before there was an answer"
    }
}
