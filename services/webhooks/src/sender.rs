use bytes::Bytes;
use catalog::{DueMessage, WebhookMessage};
use chrono::{DateTime, Utc};
use egress::{Client, ClientError, SendError, Target};
use http_body_util::Full;
use hyper::{Request, StatusCode, header};
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook,
};
use tokio::time::timeout;

use crate::WebhooksConfig;
use crate::payload::payload;

const USER_AGENT: &str = concat!("coverslip/", env!("CARGO_PKG_VERSION"));

/// Signs messages and sends them.
#[derive(Clone)]
pub(crate) struct Sender {
    config: WebhooksConfig,
    client: Client,
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
    pub(crate) fn new(config: WebhooksConfig) -> Result<Self, ClientError> {
        Ok(Self {
            client: Client::new(&config.egress)?,
            config,
        })
    }

    pub(crate) async fn send(&self, due: &DueMessage, now: DateTime<Utc>) -> Answer {
        // Looked at again: what may be reached may have changed since it was added.
        let Ok(target) = Target::parse(&due.url, &self.config.egress) else {
            return Answer::None(reason(SendError::Forbidden));
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
        match timeout(self.config.timeout, self.client.send(&target, request)).await {
            Ok(Ok(answer)) => Answer::of(answer.status()),
            Ok(Err(error)) => Answer::None(reason(error)),
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

const fn reason(error: SendError) -> &'static str {
    match error {
        SendError::Forbidden => "the address is not one that may be reached",
        SendError::NoConnection => "the receiver cannot be connected to",
        SendError::Broken => "the connection broke before there was an answer",
    }
}
