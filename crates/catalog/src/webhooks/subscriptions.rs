use chrono::{DateTime, Utc};
use flow::WebhookId;
use serde_json::{Value, json};

use super::{WebhookKind, WebhookSecret};
use crate::audit::append;
use crate::columns::{get, get_optional_time, get_time, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// To be told from now on.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    pub url: String,
    pub kinds: Vec<WebhookKind>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookRow {
    pub id: WebhookId,
    /// May hold a key of the receiver: for admins alone, never logged.
    pub url: String,
    /// In the order of their names.
    pub kinds: Vec<WebhookKind>,
    pub standing: WebhookStanding,
    /// Until when what is sent is signed by the secret before too.
    pub previous_until: Option<DateTime<Utc>>,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}

/// Whether a webhook is told anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookStanding {
    Active,
    /// A person switched it off.
    Off,
    /// The receiver said that it is there no more.
    Gone,
}

impl WebhookStanding {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Off => "off",
            Self::Gone => "gone",
        }
    }
}

macro_rules! webhooks {
    ($condition:literal) => {
        concat!(
            "SELECT id, url, standing, previous_until_ms, created_by, created_at_ms, \
             webhook_kinds.kind AS kind \
             FROM webhooks LEFT JOIN webhook_kinds ON webhook_kinds.webhook = webhooks.id ",
            $condition,
            " ORDER BY created_at_ms, id, webhook_kinds.kind"
        )
    };
}

impl Catalog {
    /// Each gets a secret of its own. The audit trail says that `actor` added it.
    pub async fn add_webhook(
        &self,
        actor: &str,
        new: &NewWebhook,
    ) -> Result<(WebhookId, WebhookSecret), CatalogError> {
        let action = "add a webhook";
        let (id, secret) = (
            WebhookId::from_bytes(rand::random()),
            WebhookSecret::random(),
        );
        let mut transaction = self.records.begin(action).await?;
        let statement = Statement::to(
            action,
            "INSERT INTO webhooks (id, url, standing, secret, created_by, created_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.to_string())
        .bind(new.url.as_str())
        .bind(WebhookStanding::Active.name())
        .bind(secret.reveal())
        .bind(actor)
        .bind(Utc::now().timestamp_millis());
        transaction.execute(statement).await?;
        for kind in &new.kinds {
            let statement = Statement::to(
                action,
                "INSERT INTO webhook_kinds (webhook, kind) VALUES ($1, $2)
                 ON CONFLICT DO NOTHING",
            );
            let statement = statement.bind(id.to_string()).bind(kind.name());
            transaction.execute(statement).await?;
        }
        let detail = json!({ "webhook": id, "events": new.kinds });
        note(&mut transaction, actor, AuditAction::WebhookAdded, detail).await?;
        transaction.commit().await?;
        Ok((id, secret))
    }

    /// The oldest first.
    pub async fn webhooks(&self) -> Result<Vec<WebhookRow>, CatalogError> {
        let statement = Statement::to("list webhooks", webhooks!(""));
        gather(&self.readers.fetch_all(statement).await?)
    }

    pub async fn webhook(&self, id: WebhookId) -> Result<Option<WebhookRow>, CatalogError> {
        let statement = Statement::to("read a webhook", webhooks!("WHERE id = $1"));
        let rows = self.readers.fetch_all(statement.bind(id.to_string()));
        Ok(gather(&rows.await?)?.pop())
    }

    /// Forgets a webhook with all its messages. Whether there was one.
    pub async fn remove_webhook(&self, actor: &str, id: WebhookId) -> Result<bool, CatalogError> {
        let action = "remove a webhook";
        let mut transaction = self.records.begin(action).await?;
        let mut n_removed = 0;
        for sql in [
            "DELETE FROM webhook_messages WHERE webhook = $1",
            "DELETE FROM webhook_kinds WHERE webhook = $1",
            "DELETE FROM webhooks WHERE id = $1",
        ] {
            let statement = Statement::to(action, sql).bind(id.to_string());
            n_removed = transaction.execute(statement).await?;
        }
        if n_removed > 0 {
            let detail = json!({ "webhook": id });
            note(&mut transaction, actor, AuditAction::WebhookRemoved, detail).await?;
        }
        transaction.commit().await?;
        Ok(n_removed > 0)
    }

    /// Gives a webhook a new secret; the one before signs beside it until then. `None` where there
    /// is no such webhook.
    pub async fn rotate_webhook_secret(
        &self,
        actor: &str,
        id: WebhookId,
        previous_until: DateTime<Utc>,
    ) -> Result<Option<WebhookSecret>, CatalogError> {
        let secret = WebhookSecret::random();
        let statement = Statement::to(
            "give a webhook a new secret",
            "UPDATE webhooks SET previous_secret = secret, previous_until_ms = $2, secret = $3
             WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(previous_until.timestamp_millis())
        .bind(secret.reveal());
        let detail = json!({ "webhook": id });
        let event = event(actor, AuditAction::WebhookRotated, detail);
        let n_changed = self.records.execute_on_record(statement, event).await?;
        Ok((n_changed > 0).then_some(secret))
    }

    /// Whether there is such a webhook. One that is not active is told nothing more, and what it was
    /// not told yet has failed.
    pub async fn set_webhook_standing(
        &self,
        actor: &str,
        id: WebhookId,
        standing: WebhookStanding,
    ) -> Result<bool, CatalogError> {
        let action = "switch a webhook on or off";
        let mut transaction = self.records.begin(action).await?;
        let statement = Statement::to(action, "UPDATE webhooks SET standing = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(standing.name());
        let n_changed = transaction.execute(statement).await?;
        if standing != WebhookStanding::Active {
            let statement = Statement::to(
                action,
                "UPDATE webhook_messages SET state = 'failed', next_at_ms = NULL
                 WHERE webhook = $1 AND state = 'pending'",
            );
            transaction.execute(statement.bind(id.to_string())).await?;
        }
        if n_changed > 0 {
            let detail = json!({ "webhook": id, "standing": standing.name() });
            note(
                &mut transaction,
                actor,
                AuditAction::WebhookSwitched,
                detail,
            )
            .await?;
        }
        transaction.commit().await?;
        Ok(n_changed > 0)
    }
}

async fn note(
    transaction: &mut Transaction,
    actor: &str,
    action: AuditAction,
    detail: Value,
) -> Result<(), CatalogError> {
    append(transaction, event(actor, action, detail)).await
}

pub(super) fn event(actor: &str, action: AuditAction, detail: Value) -> AuditEvent {
    AuditEvent {
        actor: actor.to_owned(),
        action,
        slide: None,
        detail,
    }
}

/// Rows of one webhook follow each other, one for each of its kinds.
fn gather(rows: &[Row]) -> Result<Vec<WebhookRow>, CatalogError> {
    let mut webhooks: Vec<WebhookRow> = Vec::new();
    for row in rows {
        let id = parse(row, "id")?;
        if webhooks.last().is_none_or(|last| last.id != id) {
            webhooks.push(read_webhook(id, row)?);
        }
        let has_kind = get::<Option<String>>(row, "kind")?.is_some();
        if has_kind && let Some(webhook) = webhooks.last_mut() {
            webhook.kinds.push(parse(row, "kind")?);
        }
    }
    Ok(webhooks)
}

fn read_webhook(id: WebhookId, row: &Row) -> Result<WebhookRow, CatalogError> {
    let standing: String = get(row, "standing")?;
    Ok(WebhookRow {
        id,
        url: get(row, "url")?,
        kinds: Vec::new(),
        standing: match standing.as_str() {
            "active" => WebhookStanding::Active,
            "gone" => WebhookStanding::Gone,
            _ => WebhookStanding::Off,
        },
        previous_until: get_optional_time(row, "previous_until_ms")?,
        created_by: get(row, "created_by")?,
        created_at: get_time(row, "created_at_ms")?,
    })
}
