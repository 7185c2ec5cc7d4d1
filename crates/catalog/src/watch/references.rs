use chrono::{DateTime, Utc};
use flow::Sha256Digest;
use serde_json::{Value, json};

use crate::audit::append;
use crate::columns::{from_json, get, get_time, to_json};
use crate::models::model_in;
use crate::row::Row;
use crate::statement::Statement;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// The slides a model was accepted on, with what it said of them.
#[derive(Clone, Debug, PartialEq)]
pub struct NewModelReference {
    pub model: Sha256Digest,
    /// Nothing that comes later changes it.
    pub body: Value,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ModelReference {
    /// Of the model's references, from 1.
    pub number: u32,
    pub body: Value,
    pub reason: String,
    pub stored_by: String,
    pub stored_at: DateTime<Utc>,
}

impl Catalog {
    /// Its number. It takes the place of the one before, which stays as it is.
    ///
    /// # Errors
    /// Also if there is no such model.
    pub async fn add_model_reference(
        &self,
        actor: &str,
        new: &NewModelReference,
    ) -> Result<u32, CatalogError> {
        let body = to_json("reference", &new.body)?;
        let mut transaction = self.records.begin("store a reference").await?;
        // Whoever changes models holds the end of the audit trail first: one at a time.
        let event = AuditEvent {
            actor: actor.to_owned(),
            action: AuditAction::ModelReferenceStored,
            slide: None,
            detail: json!({ "model": new.model, "body": Sha256Digest::of(body.as_bytes()) }),
        };
        append(&mut transaction, event).await?;
        if model_in(&mut transaction, new.model).await?.is_none() {
            return Err(CatalogError::UnknownModel { hash: new.model });
        }
        let statement = Statement::to(
            "store a reference",
            "INSERT INTO model_references (model, number, body, reason, stored_by, stored_at_ms)
             SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5
             FROM model_references WHERE model = $1 RETURNING number",
        )
        .bind(new.model.to_string())
        .bind(body)
        .bind(new.reason.as_str())
        .bind(actor)
        .bind(Utc::now().timestamp_millis());
        let number = number(&transaction.fetch_one(statement).await?)?;
        transaction.commit().await?;
        Ok(number)
    }

    /// The last that was stored, if any was.
    pub async fn model_reference(
        &self,
        model: Sha256Digest,
    ) -> Result<Option<ModelReference>, CatalogError> {
        let statement = Statement::to(
            "read the reference of a model",
            "SELECT number, body, reason, stored_by, stored_at_ms FROM model_references
             WHERE model = $1 ORDER BY number DESC LIMIT 1",
        );
        let row = self
            .readers
            .fetch_optional(statement.bind(model.to_string()));
        row.await?.as_ref().map(read_reference).transpose()
    }
}

fn read_reference(row: &Row) -> Result<ModelReference, CatalogError> {
    Ok(ModelReference {
        number: number(row)?,
        body: from_json(row, "body")?,
        reason: get(row, "reason")?,
        stored_by: get(row, "stored_by")?,
        stored_at: get_time(row, "stored_at_ms")?,
    })
}

fn number(row: &Row) -> Result<u32, CatalogError> {
    let number: i64 = get(row, "number")?;
    u32::try_from(number).map_err(CatalogError::damaged("number"))
}
