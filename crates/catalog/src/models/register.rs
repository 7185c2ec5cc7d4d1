use chrono::Utc;
use flow::{Sha256Digest, TaskRef};
use serde_json::{Value, json};

use super::history::{NewChange, note_change};
use super::model::model_in;
use super::{ChangeCause, Model, ModelRow, ModelState};
use crate::audit::{End, append_at, tasks_in_service};
use crate::columns::{get, to_json};
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// A model to be registered, with what an evaluation of it must show.
#[derive(Clone, Debug, PartialEq)]
pub struct NewModel {
    pub model: Model,
    pub criteria: Value,
}

/// What became of a registration.
#[derive(Clone, Debug, PartialEq)]
pub enum RegisteredModel {
    New(ModelRow),
    /// It was registered before, with these criteria; nothing changed.
    Known(ModelRow),
    /// There is another task of this id and version; nothing changed.
    OtherOfThisVersion,
}

impl Catalog {
    /// Registers a model as a draft, or as active where it is in service and none of its task or encoder
    /// was registered before: registering changes nothing of what runs. So the other versions of its
    /// task that are in service are taken in as well, the last that came as active.
    pub async fn register_model(
        &self,
        actor: &str,
        new: &NewModel,
    ) -> Result<RegisteredModel, CatalogError> {
        let model = &new.model;
        let hash = model.hash();
        let mut transaction = self.records.begin("register a model").await?;
        // One registration or change at a time.
        let mut end = End::hold(&mut transaction).await?;
        if let Some(known) = model_in(&mut transaction, hash).await? {
            return Ok(RegisteredModel::Known(known));
        }
        if is_taken(&mut transaction, model).await? {
            return Ok(RegisteredModel::OtherOfThisVersion);
        }
        let mut entries = vec![Entry {
            model: model.clone(),
            state: ModelState::Draft,
            criteria: Some(&new.criteria),
            cause: ChangeCause::Registered,
        }];
        match model {
            Model::Encoder(encoder) if has_results(&mut transaction, encoder.hash).await? => {
                entries[0].state = ModelState::Active;
            }
            Model::Encoder(_) => {}
            Model::Task { task, .. } if !is_governed(&mut transaction, task).await? => {
                adopt(&mut transaction, task, &mut entries).await?;
            }
            Model::Task { .. } => {}
        }
        for entry in &entries {
            insert(&mut transaction, actor, entry).await?;
            append_at(&mut end, &mut transaction, entry.event(actor)).await?;
        }
        transaction.commit().await?;
        Ok(RegisteredModel::New(self.model(hash).await?))
    }
}

struct Entry<'a> {
    model: Model,
    state: ModelState,
    criteria: Option<&'a Value>,
    cause: ChangeCause,
}

impl Entry<'_> {
    fn event(&self, actor: &str) -> AuditEvent {
        AuditEvent {
            actor: actor.to_owned(),
            action: AuditAction::ModelRegistered,
            slide: None,
            detail: json!({
                "model": self.model.hash(),
                "kind": self.model.kind(),
                "name": self.model.name(),
                "version": self.model.version(),
                "state": self.state,
                "cause": self.cause.name(),
                "criteria": self.criteria,
            }),
        }
    }
}

/// Takes in what is in service of this task. The last that came is active, also if it is the one that
/// is being registered.
async fn adopt(
    transaction: &mut Transaction,
    registered: &TaskRef,
    entries: &mut Vec<Entry<'_>>,
) -> Result<(), CatalogError> {
    let mut in_service = tasks_in_service(transaction).await?;
    in_service.retain(|task| task.id == registered.id);
    let last = in_service.last().map(|task| task.hash);
    for task in in_service {
        let state = match last == Some(task.hash) {
            true => ModelState::Active,
            false => ModelState::Retired,
        };
        if task.hash == registered.hash {
            entries[0].state = state;
            continue;
        }
        entries.push(Entry {
            model: Model::Task {
                encoder: encoder_of(transaction, task.hash).await?,
                task,
            },
            state,
            criteria: None,
            cause: ChangeCause::Adopted,
        });
    }
    Ok(())
}

async fn insert(
    transaction: &mut Transaction,
    actor: &str,
    entry: &Entry<'_>,
) -> Result<(), CatalogError> {
    let criteria = entry.criteria.map(|criteria| to_json("criteria", criteria));
    let statement = Statement::to(
        "register a model",
        "INSERT INTO models
         (hash, kind, name, version, encoder, state, criteria, registered_by, registered_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(entry.model.hash().to_string())
    .bind(entry.model.kind().name())
    .bind(entry.model.name())
    .bind(entry.model.version())
    .bind(entry.model.reads().map(|hash| hash.to_string()))
    .bind(entry.state.name())
    .bind(criteria.transpose()?)
    .bind(actor)
    .bind(Utc::now().timestamp_millis());
    transaction.execute(statement).await?;
    let change = NewChange {
        model: entry.model.hash(),
        from: None,
        to: entry.state,
        cause: entry.cause,
        replaced: None,
        evaluation: None,
        actor,
        reason: None,
    };
    note_change(transaction, &change).await
}

/// Whether another task has this id and version.
async fn is_taken(transaction: &mut Transaction, model: &Model) -> Result<bool, CatalogError> {
    let statement = Statement::to(
        "look for a version",
        "SELECT hash FROM models WHERE kind = 'task' AND name = $1 AND version = $2",
    )
    .bind(model.name())
    .bind(model.version());
    Ok(transaction.fetch_optional(statement).await?.is_some())
}

async fn is_governed(transaction: &mut Transaction, task: &TaskRef) -> Result<bool, CatalogError> {
    let statement = Statement::to(
        "look for a task",
        "SELECT hash FROM models WHERE kind = 'task' AND name = $1 LIMIT 1",
    );
    let statement = statement.bind(task.id.as_str());
    Ok(transaction.fetch_optional(statement).await?.is_some())
}

async fn has_results(
    transaction: &mut Transaction,
    encoder: Sha256Digest,
) -> Result<bool, CatalogError> {
    let statement = Statement::to(
        "look for results of an encoder",
        "SELECT slide FROM predictions WHERE encoder_hash = $1 LIMIT 1",
    );
    let statement = statement.bind(encoder.to_string());
    Ok(transaction.fetch_optional(statement).await?.is_some())
}

async fn encoder_of(
    transaction: &mut Transaction,
    task: Sha256Digest,
) -> Result<Option<Sha256Digest>, CatalogError> {
    let statement = Statement::to(
        "look for the encoder of a task",
        "SELECT encoder_hash FROM predictions WHERE task_hash = $1 LIMIT 1",
    );
    let row = transaction.fetch_optional(statement.bind(task.to_string()));
    let encoder: Option<String> = match row.await? {
        Some(row) => Some(get(&row, "encoder_hash")?),
        None => None,
    };
    let encoder = encoder.map(|text| text.parse()).transpose();
    encoder.map_err(CatalogError::damaged("encoder_hash"))
}
