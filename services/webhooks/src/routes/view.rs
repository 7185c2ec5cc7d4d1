use catalog::{WebhookKind, WebhookMessage, WebhookRow};
use chrono::{DateTime, Utc};
use flow::WebhookId;
use serde::Serialize;
use serde_json::Value;

use crate::payload::payload;
use crate::sender::message_id;

/// A webhook as the API shows it: without its secret.
#[derive(Debug, Serialize)]
pub(super) struct WebhookView {
    id: WebhookId,
    url: String,
    events: Vec<WebhookKind>,
    /// active, off, or gone where the receiver answered 410.
    standing: &'static str,
    /// Until when the secret before signs too; absent where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_secret_until: Option<DateTime<Utc>>,
    created_by: String,
    created_at: DateTime<Utc>,
}

impl From<WebhookRow> for WebhookView {
    fn from(row: WebhookRow) -> Self {
        Self {
            id: row.id,
            url: row.url,
            events: row.kinds,
            standing: row.standing.name(),
            previous_secret_until: row.previous_until.filter(|until| *until > Utc::now()),
            created_by: row.created_by,
            created_at: row.created_at,
        }
    }
}

/// A message as the API shows it, with what was or will be sent.
#[derive(Debug, Serialize)]
pub(super) struct DeliveryView {
    /// The `webhook-id` that the receiver sees.
    id: String,
    event: WebhookKind,
    payload: Value,
    /// pending, delivered or failed.
    state: &'static str,
    n_attempts: u32,
    /// When the next attempt is due.
    next_attempt_at: Option<DateTime<Utc>>,
    last_attempt_at: Option<DateTime<Utc>>,
    last_status: Option<u16>,
    last_error: Option<String>,
}

impl From<WebhookMessage> for DeliveryView {
    fn from(message: WebhookMessage) -> Self {
        let last = message.last.as_ref();
        Self {
            id: message_id(&message),
            event: message.kind,
            payload: payload(&message),
            state: message.state.name(),
            n_attempts: message.n_attempts,
            next_attempt_at: message.next_at.map(|at| at.max(message.at)),
            last_attempt_at: last.map(|last| last.at),
            last_status: last.and_then(|last| last.status),
            last_error: last.and_then(|last| last.error.clone()),
        }
    }
}
