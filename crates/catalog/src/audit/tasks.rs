use flow::TaskRef;
use serde_json::Value;

use super::append::append_at;
use super::end::End;
use super::{AuditAction, AuditEvent};
use crate::columns::{from_json, get};
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{Catalog, CatalogError};

impl Catalog {
    /// Puts on record which tasks are in service and which no longer are, as far as that is news:
    /// every process that scores says it when it starts.
    pub async fn audit_tasks(
        &self,
        actor: &str,
        in_service: &[TaskRef],
        gone: &[TaskRef],
    ) -> Result<(), CatalogError> {
        let mut transaction = self.records.begin("put tasks on record").await?;
        let mut end = End::hold(&mut transaction).await?;
        let known = tasks_in_service(&mut transaction).await?;
        let added = in_service.iter().filter(|task| !known.contains(task));
        let removed = gone.iter().filter(|task| known.contains(task));
        let added = added.map(|task| (AuditAction::TaskAdded, task));
        let removed = removed.map(|task| (AuditAction::TaskRemoved, task));
        for (action, task) in added.chain(removed) {
            let event = AuditEvent {
                actor: actor.to_owned(),
                action,
                slide: None,
                detail: detail(task)?,
            };
            append_at(&mut end, &mut transaction, event).await?;
        }
        transaction.commit().await
    }
}

/// Those that were added and not removed since, in the order in which they came.
pub(crate) async fn tasks_in_service(
    transaction: &mut Transaction,
) -> Result<Vec<TaskRef>, CatalogError> {
    let statement = Statement::to(
        "read which tasks are in service",
        "SELECT action, detail FROM audit WHERE action IN ('task_added', 'task_removed')
         ORDER BY seq",
    );
    let mut known: Vec<TaskRef> = Vec::new();
    for row in transaction.fetch_all(statement).await? {
        let action: String = get(&row, "action")?;
        let task: TaskRef = from_json(&row, "detail")?;
        known.retain(|other| *other != task);
        if action == AuditAction::TaskAdded.name() {
            known.push(task);
        }
    }
    Ok(known)
}

fn detail(task: &TaskRef) -> Result<Value, CatalogError> {
    serde_json::to_value(task).map_err(|source| CatalogError::Encode {
        column: "task",
        source,
    })
}
