use chrono::Utc;

use super::AuditEvent;
use super::chain::Entry;
use super::end::End;
use crate::columns::to_json;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{Catalog, CatalogError};

impl Catalog {
    /// Adds to the audit trail, which can neither be changed nor shortened.
    pub async fn audit(&self, event: AuditEvent) -> Result<(), CatalogError> {
        let mut transaction = self.records.begin("add to the audit trail").await?;
        append(&mut transaction, event).await?;
        transaction.commit().await
    }
}

/// Adds an event to the chain as a part of `transaction`, as its last or almost last one: the end of
/// the chain is held to the commit, and whoever takes another row after it could wait for somebody
/// who waits for the end.
pub(crate) async fn append(
    transaction: &mut Transaction,
    event: AuditEvent,
) -> Result<(), CatalogError> {
    let mut end = End::hold(transaction).await?;
    append_at(&mut end, transaction, event).await
}

/// The same for whoever holds the end already.
pub(crate) async fn append_at(
    end: &mut End,
    transaction: &mut Transaction,
    event: AuditEvent,
) -> Result<(), CatalogError> {
    // A process of an older version may still be running.
    while end.chained < end.seq {
        end.take_in_some(transaction).await?;
    }
    let entry = Entry {
        seq: end.seq + 1,
        at_ms: Utc::now().timestamp_millis(),
        actor: event.actor,
        action: event.action.name().to_owned(),
        slide: event.slide.map(|slide| slide.to_string()),
        detail: to_json("audit detail", &event.detail)?,
    };
    let hash = entry.hash(&end.hash);
    let statement = Statement::to(
        "add to the audit trail",
        "INSERT INTO audit (seq, at_ms, actor, action, slide, detail, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(entry.seq.cast_signed())
    .bind(entry.at_ms)
    .bind(entry.actor)
    .bind(entry.action)
    .bind(entry.slide)
    .bind(entry.detail)
    .bind(hash.to_string());
    transaction.execute(statement).await?;
    (end.seq, end.chained, end.hash) = (entry.seq, entry.seq, hash);
    Ok(())
}
