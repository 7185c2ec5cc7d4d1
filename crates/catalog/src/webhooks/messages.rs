use chrono::{DateTime, Utc};
use flow::{CaseId, ModelAlertId, SlideId, TaskId, WebhookId, WebhookMessageId};
use serde_json::json;

use super::WebhookKind;
use super::subscriptions::event;
use crate::columns::{get, get_optional_time, get_time, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::{AuditAction, Catalog, CatalogError};

/// One event for one webhook. It names slides, cases, tasks and alerts, and says nothing of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookMessage {
    /// The same at every attempt.
    pub id: WebhookMessageId,
    pub webhook: WebhookId,
    pub kind: WebhookKind,
    pub slide: Option<SlideId>,
    pub case: Option<CaseId>,
    pub task: Option<TaskId>,
    pub alert: Option<ModelAlertId>,
    /// When it happened.
    pub at: DateTime<Utc>,
    pub state: WebhookMessageState,
    pub n_attempts: u32,
    /// When the next attempt is due; `None` where there is none, `at` or earlier before the first.
    pub next_at: Option<DateTime<Utc>>,
    pub last: Option<LastAttempt>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookMessageState {
    Pending,
    Delivered,
    /// There is no further attempt but by a person's word.
    Failed,
}

/// What became of the last attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastAttempt {
    pub at: DateTime<Utc>,
    /// The receiver's status code, if it answered.
    pub status: Option<u16>,
    /// Why that was no success, in words without the URL.
    pub error: Option<String>,
}

/// A part of the messages of one webhook, newest first.
#[derive(Clone, Copy, Debug)]
pub struct WebhookMessagePage {
    pub webhook: WebhookId,
    /// `None` for all.
    pub state: Option<WebhookMessageState>,
    /// The last message of the page before.
    pub after: Option<WebhookMessageId>,
    pub limit: u32,
}

macro_rules! message_columns {
    () => {
        "id, webhook, kind, slide, case_id, task, alert, at_ms, state, n_attempts, next_at_ms, \
         last_at_ms, last_status, last_error"
    };
}
pub(super) use message_columns;

impl WebhookMessageState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

impl Catalog {
    /// An `after` that is not there gives an empty page.
    pub async fn webhook_messages(
        &self,
        page: WebhookMessagePage,
    ) -> Result<Vec<WebhookMessage>, CatalogError> {
        let statement = Statement::to(
            "list the messages of a webhook",
            concat!(
                "SELECT ",
                message_columns!(),
                " FROM webhook_messages
                 WHERE webhook = $1 AND state = coalesce($2, state)
                     AND ($3 IS NULL OR (at_ms, id) <
                         (SELECT earlier.at_ms, earlier.id FROM webhook_messages AS earlier
                          WHERE earlier.id = $3))
                 ORDER BY at_ms DESC, id DESC LIMIT $4"
            ),
        )
        .bind(page.webhook.to_string())
        .bind(page.state.map(WebhookMessageState::name))
        .bind(page.after.map(|after| after.to_string()))
        .bind(page.limit);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_message).collect()
    }

    /// Has a message sent once more, as if it were new. `None` where the webhook has no such
    /// message; one that is not active is told nothing all the same.
    pub async fn replay_webhook_message(
        &self,
        actor: &str,
        webhook: WebhookId,
        id: WebhookMessageId,
    ) -> Result<Option<WebhookMessage>, CatalogError> {
        let statement = Statement::to(
            "send a message once more",
            "UPDATE webhook_messages SET state = 'pending', n_attempts = 0, next_at_ms = 0
             WHERE id = $1 AND webhook = $2",
        )
        .bind(id.to_string())
        .bind(webhook.to_string());
        let detail = json!({ "webhook": webhook, "message": id });
        let event = event(actor, AuditAction::WebhookReplayed, detail);
        if self.records.execute_on_record(statement, event).await? == 0 {
            return Ok(None);
        }
        let statement = Statement::to(
            "read a message",
            concat!(
                "SELECT ",
                message_columns!(),
                " FROM webhook_messages WHERE id = $1"
            ),
        );
        let row = self.readers.fetch_optional(statement.bind(id.to_string()));
        row.await?.as_ref().map(read_message).transpose()
    }

    /// Forgets what is settled and happened before that time, and what was to be told to webhooks
    /// that are gone. How many these were.
    pub async fn forget_webhook_messages(
        &self,
        before: DateTime<Utc>,
    ) -> Result<u64, CatalogError> {
        let statement = Statement::to(
            "forget old messages",
            "DELETE FROM webhook_messages
             WHERE (next_at_ms IS NULL AND at_ms < $1)
                 OR webhook NOT IN (SELECT id FROM webhooks)",
        );
        let statement = statement.bind(before.timestamp_millis());
        self.records.execute(statement).await
    }
}

pub(super) fn read_message(row: &Row) -> Result<WebhookMessage, CatalogError> {
    let state: String = get(row, "state")?;
    let n_attempts: i64 = get(row, "n_attempts")?;
    Ok(WebhookMessage {
        id: parse(row, "id")?,
        webhook: parse(row, "webhook")?,
        kind: parse(row, "kind")?,
        slide: parse_optional(row, "slide")?,
        case: parse_optional(row, "case_id")?,
        task: parse_optional(row, "task")?,
        alert: parse_optional(row, "alert")?,
        at: get_time(row, "at_ms")?,
        state: match state.as_str() {
            "pending" => WebhookMessageState::Pending,
            "delivered" => WebhookMessageState::Delivered,
            _ => WebhookMessageState::Failed,
        },
        n_attempts: u32::try_from(n_attempts).map_err(CatalogError::damaged("n_attempts"))?,
        next_at: get_optional_time(row, "next_at_ms")?,
        last: read_last(row)?,
    })
}

fn read_last(row: &Row) -> Result<Option<LastAttempt>, CatalogError> {
    let Some(at) = get_optional_time(row, "last_at_ms")? else {
        return Ok(None);
    };
    let status: Option<i64> = get(row, "last_status")?;
    Ok(Some(LastAttempt {
        at,
        status: status
            .map(u16::try_from)
            .transpose()
            .map_err(CatalogError::damaged("last_status"))?,
        error: get(row, "last_error")?,
    }))
}

fn parse_optional<T>(row: &Row, column: &'static str) -> Result<Option<T>, CatalogError>
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    match get::<Option<String>>(row, column)? {
        Some(_) => Ok(Some(parse(row, column)?)),
        None => Ok(None),
    }
}
