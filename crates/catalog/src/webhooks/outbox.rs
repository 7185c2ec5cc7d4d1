use chrono::{DateTime, Utc};

use super::messages::{message_columns, read_message};
use super::{LastAttempt, WebhookMessage, WebhookSecret};
use crate::columns::{get, get_optional_time};
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// A message that is this process's to send, until another may take it.
#[derive(Clone, Debug)]
pub struct DueMessage {
    pub message: WebhookMessage,
    /// May hold a key of the receiver: never logged.
    pub url: String,
    /// Those to sign by: the one that holds, and for a while the one before it.
    pub secrets: Vec<WebhookSecret>,
    claimed_until: DateTime<Utc>,
}

/// What becomes of a message after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettledAs {
    Delivered,
    /// To be tried again then.
    Again(DateTime<Utc>),
    Failed,
}

impl Catalog {
    /// The next message that is due, if there is any, and nobody else's until then. Of one webhook's
    /// messages one at a time is on its way, so that a receiver that hangs holds up itself alone.
    pub async fn claim_webhook_message(
        &self,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<DueMessage>, CatalogError> {
        // Most of the time nothing is due, and looking costs no write.
        let statement = Statement::to(
            "look for messages to send",
            "SELECT due.id FROM webhook_messages AS due
             JOIN webhooks ON webhooks.id = due.webhook AND webhooks.standing = 'active'
             WHERE due.next_at_ms <= $1 AND coalesce(due.claimed_until_ms, 0) <= $1
                 AND NOT EXISTS (
                     SELECT 1 FROM webhook_messages AS sent
                     WHERE sent.webhook = due.webhook AND sent.claimed_until_ms > $1
                 )
             ORDER BY due.next_at_ms, due.at_ms, due.id LIMIT 1",
        );
        let now_ms = now.timestamp_millis();
        let due = self.readers.fetch_optional(statement.bind(now_ms)).await?;
        let Some(due) = due else { return Ok(None) };
        let id: String = get(&due, "id")?;
        let statement = Statement::to(
            "claim a message to send",
            concat!(
                "UPDATE webhook_messages SET claimed_until_ms = $3
                 WHERE id = $1 AND next_at_ms <= $2 AND coalesce(claimed_until_ms, 0) <= $2
                 RETURNING ",
                message_columns!()
            ),
        )
        .bind(id)
        .bind(now_ms)
        .bind(until.timestamp_millis());
        let claimed = self.records.fetch_optional(statement).await?;
        match claimed.as_ref().map(read_message).transpose()? {
            Some(message) => self.addressed(message, now, until).await,
            None => Ok(None),
        }
    }

    /// Puts on record what became of an attempt. Whoever lost their claim meanwhile changes nothing.
    pub async fn settle_webhook_message(
        &self,
        due: &DueMessage,
        attempt: &LastAttempt,
        settled: SettledAs,
    ) -> Result<(), CatalogError> {
        let (state, next_at) = match settled {
            SettledAs::Delivered => ("delivered", None),
            SettledAs::Again(at) => ("pending", Some(at)),
            SettledAs::Failed => ("failed", None),
        };
        let statement = Statement::to(
            "put on record that a message was sent",
            "UPDATE webhook_messages SET state = $3, next_at_ms = $4, claimed_until_ms = NULL,
                 n_attempts = n_attempts + 1, last_at_ms = $5, last_status = $6, last_error = $7
             WHERE id = $1 AND claimed_until_ms = $2",
        )
        .bind(due.message.id.to_string())
        .bind(due.claimed_until.timestamp_millis())
        .bind(state)
        .bind(next_at.map(|at| at.timestamp_millis()))
        .bind(attempt.at.timestamp_millis())
        .bind(attempt.status.map(i64::from))
        .bind(attempt.error.as_deref());
        self.records.execute(statement).await.map(drop)
    }

    /// `None` where the webhook was removed meanwhile.
    async fn addressed(
        &self,
        message: WebhookMessage,
        now: DateTime<Utc>,
        claimed_until: DateTime<Utc>,
    ) -> Result<Option<DueMessage>, CatalogError> {
        let statement = Statement::to(
            "read where a message goes",
            "SELECT url, secret, previous_secret, previous_until_ms FROM webhooks WHERE id = $1",
        );
        let statement = statement.bind(message.webhook.to_string());
        let Some(row) = self.readers.fetch_optional(statement).await? else {
            return Ok(None);
        };
        let previous: Option<String> = get(&row, "previous_secret")?;
        let until = get_optional_time(&row, "previous_until_ms")?;
        let previous = previous.filter(|_| until.is_some_and(|until| until > now));
        let secrets = [get(&row, "secret")?].into_iter().chain(previous);
        Ok(Some(DueMessage {
            message,
            url: get(&row, "url")?,
            secrets: secrets.map(WebhookSecret::stored).collect(),
            claimed_until,
        }))
    }
}
