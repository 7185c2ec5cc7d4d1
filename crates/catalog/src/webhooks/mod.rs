//! Who is told of what happens, and what became of each message.
//!
//! Messages are written by triggers, in the transaction of what they tell of: no writer knows of
//! them, and none is lost.

mod kind;
mod messages;
mod outbox;
mod secret;
mod subscriptions;

pub use kind::{UnknownWebhookKind, WebhookKind};
pub use messages::{LastAttempt, WebhookMessage, WebhookMessagePage, WebhookMessageState};
pub use outbox::{DueMessage, SettledAs};
pub use secret::WebhookSecret;
pub use subscriptions::{NewWebhook, WebhookRow, WebhookStanding};
