use chrono::{DateTime, Utc};
use flow::{EncoderRef, Sha256Digest, TaskRef};
use serde_json::Value;

use super::{ModelKind, ModelState};
use crate::columns::{get, get_time, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{Catalog, CatalogError};

/// An encoder or a task, by its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Model {
    Encoder(EncoderRef),
    Task {
        task: TaskRef,
        /// Whose bags it reads; `None` of one that was in service before and has no result.
        encoder: Option<Sha256Digest>,
    },
}

/// A model as it is registered.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelRow {
    pub model: Model,
    pub state: ModelState,
    /// As JSON; `None` of what was in service before its id was registered.
    pub criteria: Option<Value>,
    pub registered_by: String,
    pub registered_at: DateTime<Utc>,
}

macro_rules! model_columns {
    () => {
        "hash, kind, name, version, encoder, state, criteria, registered_by, registered_at_ms"
    };
}

impl Model {
    pub const fn kind(&self) -> ModelKind {
        match self {
            Self::Encoder(_) => ModelKind::Encoder,
            Self::Task { .. } => ModelKind::Task,
        }
    }

    pub const fn hash(&self) -> Sha256Digest {
        match self {
            Self::Encoder(encoder) => encoder.hash,
            Self::Task { task, .. } => task.hash,
        }
    }

    /// A task's id, or an encoder's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Encoder(encoder) => &encoder.name,
            Self::Task { task, .. } => task.id.as_str(),
        }
    }

    /// Of a task.
    pub fn version(&self) -> Option<&str> {
        match self {
            Self::Encoder(_) => None,
            Self::Task { task, .. } => Some(task.version.as_str()),
        }
    }

    /// Whose bags a task reads.
    pub const fn reads(&self) -> Option<Sha256Digest> {
        match self {
            Self::Encoder(_) => None,
            Self::Task { encoder, .. } => *encoder,
        }
    }
}

impl Catalog {
    /// Encoders first, then tasks; of one name the last registered first.
    pub async fn models(&self) -> Result<Vec<ModelRow>, CatalogError> {
        let statement = Statement::to(
            "list models",
            concat!(
                "SELECT ",
                model_columns!(),
                " FROM models ORDER BY kind, name, registered_at_ms DESC, hash"
            ),
        );
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_model).collect()
    }

    /// # Errors
    /// Also if there is no such model.
    pub async fn model(&self, hash: Sha256Digest) -> Result<ModelRow, CatalogError> {
        let row = self.readers.fetch_optional(by_hash(hash)).await?;
        let row = row.ok_or(CatalogError::UnknownModel { hash })?;
        read_model(&row)
    }
}

/// The same within `transaction`.
pub(crate) async fn model_in(
    transaction: &mut Transaction,
    hash: Sha256Digest,
) -> Result<Option<ModelRow>, CatalogError> {
    let row = transaction.fetch_optional(by_hash(hash)).await?;
    row.as_ref().map(read_model).transpose()
}

/// The version of a task that is active.
pub(super) async fn active_task(
    transaction: &mut Transaction,
    id: &str,
) -> Result<Option<ModelRow>, CatalogError> {
    let statement = Statement::to(
        "read which version is active",
        concat!(
            "SELECT ",
            model_columns!(),
            " FROM models WHERE kind = 'task' AND state = 'active' AND name = $1"
        ),
    );
    let row = transaction.fetch_optional(statement.bind(id)).await?;
    row.as_ref().map(read_model).transpose()
}

fn by_hash(hash: Sha256Digest) -> Statement {
    let statement = Statement::to(
        "read a model",
        concat!("SELECT ", model_columns!(), " FROM models WHERE hash = $1"),
    );
    statement.bind(hash.to_string())
}

fn read_model(row: &Row) -> Result<ModelRow, CatalogError> {
    let hash = parse(row, "hash")?;
    let kind: String = get(row, "kind")?;
    let encoder: Option<String> = get(row, "encoder")?;
    let encoder = encoder.map(|text| text.parse()).transpose();
    let model = match kind == ModelKind::Task.name() {
        true => Model::Task {
            task: TaskRef {
                id: parse(row, "name")?,
                version: parse(row, "version")?,
                hash,
            },
            encoder: encoder.map_err(CatalogError::damaged("encoder"))?,
        },
        false => Model::Encoder(EncoderRef {
            name: get(row, "name")?,
            hash,
        }),
    };
    let criteria: Option<String> = get(row, "criteria")?;
    let criteria = criteria.map(|text| serde_json::from_str(&text)).transpose();
    Ok(ModelRow {
        model,
        state: parse(row, "state")?,
        criteria: criteria.map_err(CatalogError::damaged("criteria"))?,
        registered_by: get(row, "registered_by")?,
        registered_at: get_time(row, "registered_at_ms")?,
    })
}
